/**
 * Where figures are drawn: Observable Plot on a small DOM, no browser. Both load with the first figure. Every figure is a stack
 * of panels under one accessible title; its bytes depend on its data alone.
 */
import type * as PlotModule from '@observablehq/plot'
import { flat } from '../tables/cells.js'
import { displayWidth } from '../tables/text.js'
import { escapeHtml } from '../tables/html.js'
import { seriesColour, seriesDash } from './palette.js'

export type Plot = typeof PlotModule
export type PlotOptions = PlotModule.PlotOptions
export type Markish = PlotModule.Markish

/** A strip of a figure over its full width. */
export interface Panel {
  readonly svg: string
  readonly height: number
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

export interface LegendItem {
  readonly label: string
  readonly index: number
  readonly mark: 'line' | 'area' | 'dot'
  readonly dashed?: boolean
}

let loaded: Promise<{ Plot: Plot; document: Document }> | undefined

/** A canvas of the given width in pixels; loads the drawing libraries the first time. */
export async function openCanvas(width: number): Promise<Canvas> {
  loaded ??= load()
  const { Plot, document } = await loaded
  const narrow = width < 500
  const fontSize = narrow ? 11 : 12
  return {
    Plot, width, narrow, fontSize,
    panel: (height, options) => ({ height, svg: inner(Plot.plot({ document, width, height, ...options }).outerHTML) }),
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
  return [...line].length <= most ? line : `${[...line].slice(0, most - 1).join('').trimEnd()}…`
}

/** A line of keys above a figure; it breaks where the width ends. */
export function legend(canvas: Canvas, items: readonly LegendItem[]): Panel {
  const [key, gap, row] = [22, 18, canvas.fontSize + 8]
  let [x, y] = [0, row / 2]
  const keys = items.map(({ label, index, mark, dashed }) => {
    const text = shortened(label, canvas.narrow ? 40 : 80)
    const width = key + labelWidth(text, canvas.fontSize) + gap
    if (x > 0 && x + width - gap > canvas.width) [x, y] = [0, y + row]
    const colour = seriesColour(index)
    const shape = mark === 'line'
      ? `<path d="M${x},${y}h16" stroke="${colour}" stroke-width="2"${dashOf(index, dashed)}/>`
      : mark === 'dot' ? `<circle cx="${x + 8}" cy="${y}" r="4" fill="${colour}"/>` : `<rect x="${x + 1}" y="${y - 5}" width="14" height="10" rx="2" fill="${colour}"/>`
    const placed = `${shape}<text x="${x + key}" y="${y}" dy="0.34em">${escapeHtml(text)}</text>`
    x += width
    return placed
  })
  return { svg: `<g class="legend" fill="currentColor">${keys.join('')}</g>`, height: y + row / 2 + 4 }
}

function dashOf(index: number, dashed: boolean | undefined): string {
  const dash = dashed === undefined ? seriesDash(index) : dashed ? '6,3' : undefined
  return dash === undefined ? '' : ` stroke-dasharray="${dash}"`
}

/**
 * The panels one below the other as a whole SVG document, with title and description for readers who do not see it. Plot numbers
 * clips and markers over the life of the process; here they are numbered within the figure.
 */
export function stack(canvas: Canvas, panels: readonly Panel[], words: { readonly id: string; readonly title: string; readonly description: string }): string {
  let top = 0
  const placed = panels.map(({ svg, height }) => {
    const group = top === 0 ? `<g>${svg}</g>` : `<g transform="translate(0,${round(top)})">${svg}</g>`
    top += height
    return group
  })
  const parts = new Map<string, string>()
  const body = placed.join('\n').replace(/plot-(?:clip|marker|gradient|pattern)-\d+/g, (name) => {
    if (!parts.has(name)) parts.set(name, `${words.id}-part-${parts.size + 1}`)
    return parts.get(name)!
  })
  const [title, description] = [`${words.id}-title`, `${words.id}-description`]
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${title} ${description}" viewBox="0 0 ${canvas.width} ${round(top)}" width="${canvas.width}" height="${round(top)}" ` +
    `font-family="system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif" font-size="${canvas.fontSize}" fill="currentColor">\n` +
    `<title id="${title}">${escapeHtml(words.title)}</title><desc id="${description}">${escapeHtml(words.description)}</desc>\n${body}\n</svg>\n`
}

/** Paths longer than this are outlines of maps: a tenth of a pixel is exact enough for them. */
const outlineLength = 2000

/** What Plot drew, without its own style and fonts, coordinates to a hundredth of a pixel. */
function inner(svg: string): string {
  const body = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>')).replace(/<style>[^<]*<\/style>/, '').replace(/ aria-(?:label|hidden|description)="[^"]*"/g, '')
  const drawn = body.replace(/ (?:d|transform|[xyr]|[xy][12]|c[xy]|width|height)="[^"]*"/g, (attribute) => {
    const factor = attribute.length > outlineLength ? 10 : 100
    return attribute.replace(/-?\d+\.\d{2,}(?:e-?\d+)?/g, (number) => String(Math.round(Number(number) * factor) / factor + 0))
  })
  return `<g text-anchor="middle">${drawn}</g>`
}

function round(value: number): number {
  return Math.round(value * 100) / 100 + 0
}
