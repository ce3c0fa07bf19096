/** Survival curves as steps with bands, and the numbers at risk below the time axis. */
import { formatNumber, formatTick } from '../tables/numbers.js'
import { roundTicks, rowAxis, rowNames } from './axes.js'
import { labelWidth, shortened } from './canvas.js'
import type { Canvas, Markish, Panel } from './canvas.js'
import { seriesLegend } from './legend.js'
import { seriesColour, seriesDash } from './palette.js'
import type { SurvivalFigure } from './records.js'

type Curve = SurvivalFigure['curves'][number]

interface Step {
  readonly time: number
  readonly survival: number
  readonly lower?: number
  readonly upper?: number
}

/** What the curves and the numbers below them share. */
interface Layout {
  readonly names: readonly string[]
  readonly ticks: readonly number[]
  readonly margins: { readonly marginLeft: number; readonly marginRight: number }
  readonly domain: [number, number]
  /** Half of what a count takes: the first stands on the left edge. */
  readonly countRoom: number
}

export function survivalPanels(figure: SurvivalFigure, canvas: Canvas): Panel[] {
  const { narrow, width } = canvas
  const counted = figure.curves.some(({ atRisk }) => atRisk !== undefined)
  const layout = layoutOf(figure, canvas, counted)
  const plot = canvas.panel(Math.round(narrow ? 240 : width * 0.44), {
    ...layout.margins,
    marginTop: 26,
    marginBottom: 40,
    x: {
      domain: layout.domain,
      ticks: [...layout.ticks],
      label: `${figure.timeLabel} →`,
      labelArrow: 'none',
      tickFormat: (value: number) => formatTick(value),
    },
    y: {
      domain: [0, 1],
      ticks: 5,
      grid: true,
      label: `↑ ${figure.valueLabel}`,
      labelArrow: 'none',
      tickFormat: (value: number) => formatTick(value, { percent: 0 }),
    },
    marks: figure.curves.flatMap((curve, index) => curveMarks(curve, canvas, index, layout.domain[1])),
  })
  const names = figure.curves.map(({ name }) => name)
  return [...seriesLegend(canvas, names, 'line'), plot, ...(counted ? [atRiskPanel(figure, canvas, layout)] : [])]
}

function layoutOf({ curves }: SurvivalFigure, { narrow, fontSize }: Canvas, counted: boolean): Layout {
  const end = Math.max(0, ...curves.map((curve) => curve.time.at(-1) ?? 0)) || 1
  const names = curves.map(({ name }) => shortened(name, narrow ? 12 : 22))
  const countRoom = labelWidth('0,000', fontSize) / 2
  const room = counted ? names.map((name) => labelWidth(name, fontSize) + countRoom + 12) : []
  const margins = { marginLeft: Math.max(48, ...room), marginRight: 16 }
  return { names, ticks: roundTicks(0, end, narrow ? 5 : 9), margins, domain: [0, 1.04 * end], countRoom }
}

function curveMarks(curve: Curve, { Plot }: Canvas, index: number, edge: number): Markish[] {
  const steps = stepsOf(curve, edge)
  const [colour, shape] = [seriesColour(index), 'step-after' as const]
  const line = { stroke: colour, strokeWidth: 2, strokeDasharray: seriesDash(index) }
  return [
    ...(curve.lower && curve.upper
      ? [Plot.areaY(steps, { x: 'time', y1: 'lower', y2: 'upper', curve: shape, fill: colour, fillOpacity: 0.16 })]
      : []),
    Plot.line(steps, { x: 'time', y: 'survival', curve: shape, ...line }),
  ]
}

function atRiskPanel({ curves }: SurvivalFigure, canvas: Canvas, { names, ticks, margins, domain, countRoom }: Layout): Panel {
  const { Plot, fontSize } = canvas
  const cells = curves.flatMap((curve, index) => ticks.map((tick) => ({ tick, index, text: atRiskAt(curve, tick) })))
  return canvas.panel(24 + (fontSize + 6) * curves.length, {
    ...margins,
    marginTop: 20,
    marginBottom: 4,
    x: { domain, axis: null },
    y: rowAxis(curves.length),
    marks: [
      Plot.text(['Number at risk'], {
        frameAnchor: 'top-left',
        dy: -16,
        dx: -margins.marginLeft + 2,
        textAnchor: 'start',
        fontWeight: 600,
        text: (text: string) => text,
      }),
      rowNames(canvas, names, { dx: -(countRoom + 8), fill: (_: string, index: number) => seriesColour(index) }),
      Plot.text(cells, { x: 'tick', y: 'index', text: 'text', fontVariant: 'tabular-nums' }),
    ],
  })
}

/** How many are at risk just before a time; nothing where the curve does not say. */
function atRiskAt(curve: Curve, time: number): string {
  if (curve.atRisk === undefined) return ''
  const at = curve.time.findIndex((candidate) => candidate >= time)
  const count = at >= 0 ? curve.atRisk[at] : undefined
  return count === undefined ? '' : formatNumber(count, 'integer')
}

/** The curve from 1 at time zero; the curve that lasts longest goes on to the edge. */
function stepsOf({ time, survival, lower, upper }: Curve, edge: number): Step[] {
  const steps = time.map((at, index): Step => ({
    time: at,
    survival: survival[index]!,
    lower: lower?.[index],
    upper: upper?.[index],
  }))
  const all: Step[] = time[0] === 0 ? steps : [{ time: 0, survival: 1, lower: 1, upper: 1 }, ...steps]
  const last = all.at(-1)!
  return 1.04 * last.time >= edge ? [...all, { ...last, time: edge }] : all
}
