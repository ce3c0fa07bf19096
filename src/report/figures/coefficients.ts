/** Coefficients with their intervals, models side by side within each term. */
import { formatNumber } from '../tables/numbers.js'
import { chosenTicks, rowAxis, rowNames, roundTicks } from './axes.js'
import { labelWidth, shortened } from './canvas.js'
import type { Canvas, Markish, Panel } from './canvas.js'
import { seriesLegend } from './legend.js'
import { seriesColour, seriesSymbol } from './palette.js'
import type { CoefficientFigure } from './records.js'

interface Interval {
  readonly place: number
  readonly series: number
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly words: string
}

export function coefficientPanels(figure: CoefficientFigure, canvas: Canvas): Panel[] {
  const { Plot, narrow, fontSize } = canvas
  const labels = [...new Set(figure.series.flatMap(({ terms }) => terms.map(({ label }) => label)))]
  const names = labels.map((label) => shortened(label, narrow ? 18 : 34))
  const ratio = figure.scale === 'ratio'
  const whole = intervalsOf(figure, labels)
  const domain = domainOf(whole, ratio)
  const intervals = whole.map((row) => ({ ...row, low: Math.max(row.low, domain[0]), high: Math.min(row.high, domain[1]) }))
  const ticks = ratio ? ratioTicks(domain, narrow ? 4 : 7) : roundTicks(...domain, narrow ? 4 : 8)
  const rowHeight = Math.max(26, 10 + 13 * figure.series.length)
  const plot = canvas.panel(46 + rowHeight * labels.length, {
    marginLeft: Math.max(40, ...names.map((name) => labelWidth(name, fontSize))) + 14,
    marginRight: 14,
    marginTop: 6,
    marginBottom: 40,
    x: { type: ratio ? 'log' : 'linear', domain, axis: null },
    y: rowAxis(labels.length),
    marks: [
      ...chosenTicks(canvas, 'x', { label: '', ticks }, `${figure.valueLabel}${ratio ? ' (log scale)' : ''} →`),
      Plot.ruleY([...labels.keys()], { stroke: 'currentColor', strokeOpacity: 0.1 }),
      Plot.ruleX([ratio ? 1 : 0], { stroke: 'currentColor', strokeOpacity: 0.55, strokeDasharray: '3,3' }),
      rowNames(canvas, names),
      ...figure.series.flatMap((_, series) =>
        intervalMarks(
          intervals.filter((row) => row.series === series),
          canvas,
          series,
        ),
      ),
    ],
  })
  const models = figure.series.map(({ name }) => name)
  return [...seriesLegend(canvas, models, 'dot'), plot]
}

function intervalMarks(intervals: readonly Interval[], { Plot }: Canvas, series: number): Markish[] {
  const colour = seriesColour(series)
  return [
    Plot.ruleY(intervals, { x1: 'low', x2: 'high', y: 'place', stroke: colour, strokeWidth: 2, title: 'words' }),
    Plot.dot(intervals, { x: 'estimate', y: 'place', fill: colour, symbol: seriesSymbol(series), r: 4, title: 'words' }),
  ]
}

/** From the lowest to the highest finite end with a little room, the value of no effect included; what goes on beyond is cut. */
function domainOf(intervals: readonly Interval[], ratio: boolean): [number, number] {
  const neutral = ratio ? 1 : 0
  const ends = [neutral, ...intervals.flatMap(({ estimate, low, high }) => [estimate, low, high])].filter(
    (end) => Number.isFinite(end) && (!ratio || end > 0),
  )
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  if (ratio) return [low / 1.05, high * 1.05]
  const room = 0.03 * (high - low || 1)
  return [low - room, high + room]
}

/** Round ratios: over less than a factor of five as on a plain axis, beyond in steps of about two. */
function ratioTicks([low, high]: readonly [number, number], most: number): number[] {
  if (high / low < 5) return roundTicks(low, high, most)
  const decades = Array.from({ length: 13 }, (_, index) => 10 ** (index - 6))
  const inside = decades
    .flatMap((decade) => [1, 2, 5].map((factor) => Number((factor * decade).toPrecision(6))))
    .filter((tick) => tick >= low && tick <= high)
  return inside.length <= most ? inside : inside.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e9) / 1e9))
}

function intervalsOf({ series }: CoefficientFigure, labels: readonly string[]): Interval[] {
  const step = Math.min(0.24, 0.7 / Math.max(1, series.length))
  const short = (value: number): string => formatNumber(value, { significant: 3 })
  return series.flatMap(({ name, terms }, index) =>
    terms.map(({ label, estimate, conf: [low, high] }) => ({
      place: labels.indexOf(label) + (index - (series.length - 1) / 2) * step,
      series: index,
      estimate,
      low,
      high,
      words: `${name}, ${label}: ${short(estimate)} [${short(low)}, ${short(high)}]`,
    })),
  )
}
