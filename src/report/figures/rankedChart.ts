/** Places ranked by value: what is drawn where there is nothing to place them by. */
import { formatNumber } from '../tables/numbers.js'
import { rowAxis, rowNames } from './axes.js'
import { labelWidth, shortened } from './canvas.js'
import type { Canvas, Panel } from './canvas.js'
import { placeWords } from './geography.js'
import { seriesColour } from './palette.js'
import type { MapFigure } from './records.js'

/** A chart shows this many; the data behind the figure have all. */
const mostRanked = 24

export function rankedPanel(figure: MapFigure, canvas: Canvas): Panel {
  const { Plot, narrow, fontSize } = canvas
  const ranked = figure.places
    .filter(({ value }) => value !== null)
    .sort((a, b) => b.value! - a.value!)
    .slice(0, mostRanked)
  const rows = ranked.map((place, index) => ({
    index,
    value: place.value!,
    name: shortened(place.name, narrow ? 16 : 32),
    words: placeWords(place, figure),
    label: formatNumber(place.value!, figure.format),
  }))
  const room = Math.max(0, ...rows.map(({ label }) => labelWidth(label, fontSize)))
  return canvas.panel(34 + 20 * Math.max(1, rows.length), {
    marginLeft: Math.max(30, ...rows.map(({ name }) => labelWidth(name, fontSize))) + 12,
    marginRight: room + 14,
    marginTop: 26,
    marginBottom: 6,
    x: { axis: null, nice: false, zero: true },
    y: rowAxis(Math.max(1, rows.length)),
    marks: [
      Plot.rect(rows, {
        x1: 0,
        x2: 'value',
        y1: (row: { index: number }) => row.index - 0.36,
        y2: (row: { index: number }) => row.index + 0.36,
        fill: seriesColour(0),
        title: 'words',
      }),
      rowNames(
        canvas,
        rows.map(({ name }) => name),
      ),
      Plot.text(rows, { x: 'value', y: 'index', text: 'label', dx: 6, textAnchor: 'start', fontVariant: 'tabular-nums' }),
      Plot.text([shortened(figure.valueLabel, 60)], {
        frameAnchor: 'top-left',
        dy: -18,
        textAnchor: 'start',
        fontWeight: 600,
        text: (text: string) => text,
      }),
    ],
  })
}
