/** Lines, steps and densities, with bands where intervals are given. */
import { formatTick } from '../tables/numbers.js'
import { legend } from './canvas.js'
import type { Canvas, Markish, Panel, PlotOptions } from './canvas.js'
import { seriesColour, seriesDash } from './palette.js'
import type { Axis, LineFigure } from './records.js'

export function linePanels(figure: LineFigure, canvas: Canvas): Panel[] {
  const { Plot, narrow, fontSize, width } = canvas
  const curve = figure.shape === 'step' ? 'step-after' : 'linear'
  const marks = figure.series.flatMap(({ x, y, lower, upper, dashed }, index) => {
    const points = x.map((at, point) => ({ x: at, y: y[point]!, lower: lower?.[point], upper: upper?.[point] }))
    const stroke = { stroke: seriesColour(index), strokeWidth: 2, strokeDasharray: dashed === undefined ? seriesDash(index) : dashed ? '6,3' : undefined }
    return [
      ...(figure.shape === 'area' ? [Plot.areaY(points, { x: 'x', y: 'y', curve, fill: seriesColour(index), fillOpacity: 0.14 })] : []),
      ...(lower && upper ? [Plot.areaY(points, { x: 'x', y1: 'lower', y2: 'upper', curve, fill: seriesColour(index), fillOpacity: 0.16 })] : []),
      Plot.line(points, { x: 'x', y: 'y', curve, ...stroke }),
      ...(points.length === 1 ? [Plot.dot(points, { x: 'x', y: 'y', fill: seriesColour(index), r: 4 })] : []),
    ]
  })
  const plot = canvas.panel(Math.round(narrow ? 240 : width * 0.44), {
    marginLeft: 58, marginRight: 16, marginTop: 26, marginBottom: 42, style: { fontSize: `${fontSize}px` },
    x: { ...axisOptions(figure.x, narrow ? 5 : 9), label: `${figure.x.label} →` },
    y: { ...axisOptions(figure.y, 5), grid: true, label: `↑ ${figure.y.label}` },
    marks: [...chosenTicks(canvas, 'x', figure.x, `${figure.x.label} →`), ...chosenTicks(canvas, 'y', figure.y, `↑ ${figure.y.label}`), ...marks],
  })
  if (figure.series.length < 2) return [plot]
  return [legend(canvas, figure.series.map(({ name, dashed }, index) => ({ label: name, index, mark: 'line', dashed }))), plot]
}

/** An axis of ours as Plot takes it. */
export function axisOptions({ scale = 'linear', ticks, format, domain }: Axis, many: number): NonNullable<PlotOptions['x']> {
  return {
    type: scale, labelArrow: 'none', nice: domain === undefined && scale === 'linear', ticks: many, tickFormat: (value: number) => formatTick(value, format),
    ...(ticks === undefined ? {} : { axis: null }), ...(domain === undefined ? {} : { domain: [...domain] }),
  }
}

/** Ticks exactly where the figure asks for them. Given to a log scale they would lose labels between powers of ten. */
export function chosenTicks({ Plot }: Canvas, side: 'x' | 'y', { ticks, format }: Axis, label: string): Markish[] {
  if (ticks === undefined) return []
  const options = { text: (value: number) => formatTick(value, format), label, labelArrow: 'none' as const }
  return [side === 'x' ? Plot.axisX([...ticks], options) : Plot.axisY([...ticks], options)]
}

/** Round numbers from `low` to `high`, about as many as asked for at most. */
export function roundTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most
  const scale = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * scale).find((candidate) => candidate >= rough * (1 - 1e-9))!
  const first = Math.ceil(low / step - 1e-9)
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}
