/**
 * Where figures are drawn: Observable Plot on a small DOM, no browser. Both load with the first figure. Every figure is a stack
 * of panels under one accessible title; its bytes depend on its data alone.
 */
import type * as PlotModule from '@observablehq/plot'
import { html, trusted } from '../markup.js'
import type { Markup } from '../markup.js'
import { flat } from '../tables/cells.js'
import { displayWidth } from '../tables/text.js'

export type Plot = typeof PlotModule
export type PlotOptions = PlotModule.PlotOptions
export type Markish = PlotModule.Markish
export type TextOptions = PlotModule.TextOptions

/** A strip of a figure over its full width. */
export interface Panel {
  readonly svg: Markup
  readonly height: number
}

/** `id` begins every id in the drawing. */
export interface FigureWords {
  readonly id: string
  readonly title: string
  readonly description: string
}

export interface Canvas {
  readonly Plot: Plot
  readonly width: number
  /** Narrow figures have fewer ticks and shorter labels. */
  readonly narrow: boolean
  readonly fontSize: number
  /** One plot as a panel of the given height. */
  panel(height: number, options: PlotOptions): Panel
}

let loaded: Promise<{ Plot: Plot; document: Document }> | undefined

/** A canvas of the given width in pixels; loads the drawing libraries the first time. */
export async function openCanvas(width: number): Promise<Canvas> {
  loaded ??= load()
  const { Plot, document } = await loaded
  const narrow = width < 500
  const fontSize = narrow ? 11 : 12
  return {
    Plot,
    width,
    narrow,
    fontSize,
    panel: (height, options) => ({
      height,
      svg: inner(
        Plot.plot({ document, width, height, style: { fontSize: `${fontSize}px` }, color: { type: 'identity' }, ...options })
          .outerHTML,
      ),
    }),
  }
}

async function load(): Promise<{ Plot: Plot; document: Document }> {
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')])
  return { Plot, document: parseHTML('<!doctype html><html><body></body></html>').document as unknown as Document }
}

/** Room a label takes, in pixels. */
export function labelWidth(text: string, fontSize: number): number {
  return Math.ceil(displayWidth(flat(text)) * fontSize * 0.6)
}

/** Labels as they fit: cut with an ellipsis beyond `most` characters. */
export function shortened(text: string, most: number): string {
  const line = flat(text)
  return [...line].length <= most
    ? line
    : `${[...line]
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`
}

/**
 * The panels one below the other as a whole SVG document, with title and description for readers who do not see it. Plot numbers
 * clips and markers over the life of the process; here they are numbered within the figure.
 */
export function stack(canvas: Canvas, panels: readonly Panel[], words: FigureWords): string {
  let top = 0
  const placed = panels.map(({ svg, height }) => {
    const group = html`<g transform="translate(0,${round(top)})">${svg}</g> `
    top += height
    return group
  })
  const parts = new Map<string, string>()
  const body = html`${placed}`.markup.replace(/(?<=id="|url\(#)plot-[a-z]+-\d+/g, (name) => {
    if (!parts.has(name)) parts.set(name, `${words.id}-part-${parts.size + 1}`)
    return parts.get(name)!
  })
  const [width, height] = [canvas.width, round(top)]
  const [title, description] = [`${words.id}-title`, `${words.id}-description`]
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    role="img"
    aria-labelledby="${title} ${description}"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    fill="currentColor"
    font-size="${canvas.fontSize}"
    font-family="system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
  >
    <title id="${title}">${words.title}</title>
    <desc id="${description}">${words.description}</desc>
    ${trusted(body)}
  </svg> `.markup
}

/** Paths longer than this are outlines of maps: a tenth of a pixel is exact enough for them. */
const outlineLength = 2000

/** What Plot drew, without its own style and fonts, coordinates to a hundredth of a pixel. */
function inner(svg: string): Markup {
  const body = svg
    .slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'))
    .replace(/<style>[^<]*<\/style>/, '')
    .replace(/ aria-(?:label|hidden|description)="[^"]*"/g, '')
  const drawn = body.replace(/ (?:d|transform|[xyr]|[xy][12]|c[xy]|width|height)="[^"]*"/g, (attribute) => {
    const factor = attribute.length > outlineLength ? 10 : 100
    return attribute.replace(/-?\d+\.\d{2,}(?:e-?\d+)?/g, (number) => String(Math.round(Number(number) * factor) / factor + 0))
  })
  return html`<g text-anchor="middle">${trusted(drawn)}</g>`
}

function round(value: number): number {
  return Math.round(value * 100) / 100 + 0
}
