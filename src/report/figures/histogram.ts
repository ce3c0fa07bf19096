/** Counts between edges; on a log axis the bars are as wide as they look. */
import { formatNumber, formatTick } from '../tables/numbers.js'
import { axisOptions, chosenTicks } from './axes.js'
import type { Canvas, Markish, Panel } from './canvas.js'
import { seriesLegend } from './legend.js'
import { paperShade, seriesColour, seriesDash } from './palette.js'
import type { HistogramFigure } from './records.js'

interface Bar {
  readonly from: number
  readonly to: number
  readonly count: number
  readonly words: string
}

export function histogramPanels(figure: HistogramFigure, canvas: Canvas): Panel[] {
  const { Plot, narrow, width } = canvas
  const most = Math.max(0, ...figure.series.flatMap(({ counts }) => counts.map((count) => count ?? 0)))
  const plot = canvas.panel(Math.round(narrow ? 240 : width * 0.42), {
    marginLeft: 62,
    marginRight: 16,
    marginTop: 26,
    marginBottom: 42,
    x: { ...axisOptions(figure.x, narrow ? 5 : 9), label: `${figure.x.label} →` },
    y: {
      domain: [0, most || 1],
      grid: true,
      nice: true,
      ticks: 5,
      label: `↑ ${figure.valueLabel}`,
      labelArrow: 'none',
      tickFormat: (value: number) => formatTick(value),
    },
    marks: [
      ...chosenTicks(canvas, 'x', figure.x, `${figure.x.label} →`),
      ...figure.series.flatMap((_, index) => histogramMarks(figure, canvas, index)),
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
    ],
  })
  const names = figure.series.map(({ name }) => name)
  return [...seriesLegend(canvas, names, 'line'), plot]
}

/** One series is filled; several are pale with an outline each. */
function histogramMarks(figure: HistogramFigure, { Plot }: Canvas, index: number): Markish[] {
  const bars = barsOf(figure, index)
  const [fill, place] = [seriesColour(index), { x1: 'from', x2: 'to', y1: 0, y2: 'count', title: 'words' }]
  if (figure.series.length === 1) return [Plot.rect(bars, { ...place, fill, fillOpacity: 0.85, stroke: paperShade.light })]
  const line = { stroke: fill, strokeWidth: 1.8, strokeDasharray: seriesDash(index) }
  return [
    Plot.rect(bars, { ...place, fill, fillOpacity: 0.2 }),
    Plot.link(outline(bars), { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', ...line }),
  ]
}

function barsOf({ series, edges }: HistogramFigure, index: number): Bar[] {
  const { name, counts } = series[index]!
  const lead = series.length > 1 ? `${name}, ` : ''
  return counts.flatMap((count, bin): Bar[] => {
    if (count === null) return []
    const [from, to] = [edges[bin]!, edges[bin + 1]!]
    return [{ from, to, count, words: `${lead}${formatNumber(from)} to ${formatNumber(to)}: ${formatNumber(count, 'integer')}` }]
  })
}

interface Stroke {
  readonly x1: number
  readonly x2: number
  readonly y1: number
  readonly y2: number
}

/** The sides and tops of bars as strokes, one outline for neighbours. */
function outline(bars: readonly Bar[]): Stroke[] {
  return bars.flatMap(({ from, to, count }, index) => {
    const before = index > 0 && bars[index - 1]!.to === from ? bars[index - 1]!.count : 0
    const after = bars[index + 1]?.from === to ? [] : [{ x1: to, x2: to, y1: count, y2: 0 }]
    return [{ x1: from, x2: from, y1: before, y2: count }, { x1: from, x2: to, y1: count, y2: count }, ...after]
  })
}
