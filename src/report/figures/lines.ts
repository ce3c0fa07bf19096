/** Lines, steps and densities, with bands where intervals are given. */
import { axisOptions, chosenTicks } from './axes.js'
import type { Canvas, Markish, Panel } from './canvas.js'
import { legend } from './legend.js'
import { seriesColour, seriesDash } from './palette.js'
import type { LineFigure } from './records.js'

type Series = LineFigure['series'][number]

export function linePanels(figure: LineFigure, canvas: Canvas): Panel[] {
  const { narrow, width } = canvas
  const plot = canvas.panel(Math.round(narrow ? 240 : width * 0.44), {
    marginLeft: 58,
    marginRight: 16,
    marginTop: 26,
    marginBottom: 42,
    x: { ...axisOptions(figure.x, narrow ? 5 : 9), label: `${figure.x.label} →` },
    y: { ...axisOptions(figure.y, 5), grid: true, label: `↑ ${figure.y.label}` },
    marks: [
      ...chosenTicks(canvas, 'x', figure.x, `${figure.x.label} →`),
      ...chosenTicks(canvas, 'y', figure.y, `↑ ${figure.y.label}`),
      ...figure.series.flatMap((series, index) => lineMarks(series, canvas, index, figure.shape ?? 'line')),
    ],
  })
  if (figure.series.length < 2) return [plot]
  const keys = figure.series.map(({ name, dashed }, index) => ({ label: name, index, mark: 'line' as const, dashed }))
  return [legend(canvas, keys), plot]
}

/** Band, fill and line of one series; a single point is a dot. */
function lineMarks(
  { x, y, lower, upper, dashed }: Series,
  { Plot }: Canvas,
  index: number,
  shape: NonNullable<LineFigure['shape']>,
): Markish[] {
  const points = x.map((at, point) => ({ x: at, y: y[point]!, lower: lower?.[point], upper: upper?.[point] }))
  const curve = shape === 'step' ? 'step-after' : 'linear'
  const colour = seriesColour(index)
  const dash = dashed === undefined ? seriesDash(index) : dashed ? '6,3' : undefined
  return [
    ...(shape === 'area' ? [Plot.areaY(points, { x: 'x', y: 'y', curve, fill: colour, fillOpacity: 0.14 })] : []),
    ...(lower && upper ? [Plot.areaY(points, { x: 'x', y1: 'lower', y2: 'upper', curve, fill: colour, fillOpacity: 0.16 })] : []),
    Plot.line(points, { x: 'x', y: 'y', curve, stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
    ...(points.length === 1 ? [Plot.dot(points, { x: 'x', y: 'y', fill: colour, r: 4 })] : []),
  ]
}
