/**
 * Colours of figures. They stand as literal attributes in the SVG, so that any program draws it; a page recolours them for the
 * dark by attribute (`[fill="#…"]`), which is why each role has a colour of its own. The order keeps neighbours apart for the
 * common forms of colour blindness; series also differ by dash or symbol.
 */
export interface Shade {
  readonly light: string
  readonly dark: string
}

/** Series and countries, in order; further ones start again. */
const seriesShades: readonly Shade[] = [
  { light: '#1f5f8b', dark: '#6db3e0' },
  { light: '#c4572a', dark: '#ef9167' },
  { light: '#3a7d55', dark: '#7cc798' },
  { light: '#8a5a9e', dark: '#c79bdb' },
  { light: '#b08a1e', dark: '#e0bd5a' },
  { light: '#5b6b73', dark: '#a3b4bd' },
  { light: '#a83e66', dark: '#ea8fb0' },
  { light: '#2b8c8c', dark: '#6fcfcf' },
]

/** Five steps from little to much. */
export const scaleShades: readonly Shade[] = [
  { light: '#d9e6ef', dark: '#23384a' },
  { light: '#a9c9df', dark: '#2f5673' },
  { light: '#6fa5c9', dark: '#3f7ba3' },
  { light: '#3a7cab', dark: '#5f9fc8' },
  { light: '#174c74', dark: '#9fd0f0' },
]

export const landShade: Shade = { light: '#ece9e2', dark: '#262a31' }
export const coastShade: Shade = { light: '#cfcabe', dark: '#3b414b' }
export const paperShade: Shade = { light: '#fdfcfa', dark: '#15171b' }

export const allShades: readonly Shade[] = [...seriesShades, ...scaleShades, landShade, coastShade, paperShade]

export function seriesColour(index: number): string {
  return seriesShades[index % seriesShades.length]!.light
}

const dashes = [undefined, '6,3', '2,3', '8,3,2,3'] as const

/** Dash of a line, so that series differ without colour. */
export function seriesDash(index: number): string | undefined {
  return dashes[index % dashes.length]
}

const symbols = ['circle', 'square', 'diamond', 'triangle'] as const

export function seriesSymbol(index: number): (typeof symbols)[number] {
  return symbols[index % symbols.length]!
}
