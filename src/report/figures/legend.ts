/** Keys above a figure: what colours, dashes and symbols stand for. */
import { html } from '../markup.js'
import type { Markup } from '../markup.js'
import { labelWidth, shortened } from './canvas.js'
import type { Canvas, Panel } from './canvas.js'
import { seriesColour, seriesDash } from './palette.js'

export interface LegendItem {
  readonly label: string
  readonly index: number
  readonly mark: 'line' | 'area' | 'dot'
  readonly dashed?: boolean
}

const keyWidth = 22
const gap = 18

/** A line of keys; it breaks where the width ends. */
export function legend(canvas: Canvas, items: readonly LegendItem[]): Panel {
  const row = canvas.fontSize + 8
  let [x, y] = [0, row / 2]
  const keys = items.map((item) => {
    const text = shortened(item.label, canvas.narrow ? 40 : 80)
    const width = keyWidth + labelWidth(text, canvas.fontSize) + gap
    if (x > 0 && x + width - gap > canvas.width) [x, y] = [0, y + row]
    const placed = html`${shapeOf(item, x, y)}<text x="${x + keyWidth}" y="${y}" dy="0.34em">${text}</text>`
    x += width
    return placed
  })
  return { svg: html`<g class="legend">${keys}</g>`, height: y + row / 2 + 4 }
}

/** Keys for the series of a figure; none where there is only one. */
export function seriesLegend(canvas: Canvas, names: readonly string[], mark: LegendItem['mark']): Panel[] {
  if (names.length < 2) return []
  const items = names.map((label, index) => ({ label, index, mark }))
  return [legend(canvas, items)]
}

function shapeOf({ index, mark, dashed }: LegendItem, x: number, y: number): Markup {
  const colour = seriesColour(index)
  if (mark === 'dot') return html`<circle cx="${x + 8}" cy="${y}" r="4" fill="${colour}" />`
  if (mark === 'area') return html`<rect x="${x + 1}" y="${y - 5}" width="14" height="10" rx="2" fill="${colour}" />`
  const dash = dashed === undefined ? seriesDash(index) : dashed ? '6,3' : undefined
  return html`<path
    d="M${x},${y}h16"
    stroke="${colour}"
    stroke-width="2"
    ${dash !== undefined && html` stroke-dasharray="${dash}"`}
  />`
}
