/**
 * HTML that cannot be injected into: a template tag that escapes every text put into it. What the tag has made, and only that,
 * goes in as it is; nothing else in the report stage writes HTML or SVG by hand.
 */
export interface Markup {
  readonly markup: string
}

/** Lists are put one after the other; `undefined` and `false` are nothing. */
export type Piece = string | number | Markup | undefined | false | readonly Piece[]

/**
 * Markup from a template; texts are escaped, also inside quoted attributes.
 *
 * @example html`<p title="${name}">${text}</p>`
 */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return { markup: strings.map((text, index) => (index === 0 ? text : markupOf(pieces[index - 1]) + text)).join('') }
}

/** Markup that was made elsewhere: a drawing, the page's own style. Never text from data. */
export function trusted(markup: string): Markup {
  return { markup }
}

/** Text for HTML, also inside quoted attributes. Characters HTML does not allow become spaces. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/g, ' ')
    .replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function markupOf(piece: Piece): string {
  if (piece === undefined || piece === false) return ''
  if (typeof piece === 'string') return escapeHtml(piece)
  if (typeof piece === 'number') return String(piece)
  return 'markup' in piece ? piece.markup : piece.map(markupOf).join('')
}
