/** Survival curves as steps with bands, and the numbers at risk below the time axis. */
import { formatNumber, formatTick } from '../tables/numbers.js'
import { labelWidth, legend, shortened } from './canvas.js'
import type { Canvas, Panel } from './canvas.js'
import { roundTicks } from './lines.js'
import { seriesColour, seriesDash } from './palette.js'
import type { SurvivalFigure } from './records.js'

type Curve = SurvivalFigure['curves'][number]

interface Step {
  readonly time: number
  readonly survival: number
  readonly lower?: number
  readonly upper?: number
}

interface AtRiskLayout {
  readonly names: readonly string[]
  readonly ticks: readonly number[]
  readonly margins: { readonly marginLeft: number; readonly marginRight: number }
  readonly x: { domain: [number, number] }
  /** Half of what a count takes: the first stands on the left edge. */
  readonly countRoom: number
}

export function survivalPanels(figure: SurvivalFigure, canvas: Canvas): Panel[] {
  const { Plot, narrow, fontSize, width } = canvas
  const end = Math.max(0, ...figure.curves.map((curve) => curve.time.at(-1) ?? 0)) || 1
  const ticks = roundTicks(0, end, narrow ? 5 : 9)
  const names = figure.curves.map(({ name }) => shortened(name, narrow ? 12 : 22))
  const countRoom = labelWidth('0,000', fontSize) / 2
  const counted = figure.curves.some(({ atRisk }) => atRisk !== undefined)
  const marginLeft = Math.max(48, ...(counted ? names.map((name) => labelWidth(name, fontSize) + countRoom + 12) : []))
  const margins = { marginLeft, marginRight: 16 }
  const x = { domain: [0, 1.04 * end] as [number, number] }
  const plot = canvas.panel(Math.round(narrow ? 240 : width * 0.44), {
    ...margins, marginTop: 26, marginBottom: 40, style: { fontSize: `${fontSize}px` },
    x: { ...x, ticks, label: `${figure.timeLabel} →`, labelArrow: 'none', tickFormat: (value: number) => formatTick(value) },
    y: { domain: [0, 1], ticks: 5, grid: true, label: `↑ ${figure.valueLabel}`, labelArrow: 'none', tickFormat: (value: number) => formatTick(value, { percent: 0 }) },
    marks: figure.curves.flatMap((curve, index) => {
      const steps = stepsOf(curve, x.domain[1])
      return [
        ...(curve.lower && curve.upper ? [Plot.areaY(steps, { x: 'time', y1: 'lower', y2: 'upper', curve: 'step-after', fill: seriesColour(index), fillOpacity: 0.16 })] : []),
        Plot.line(steps, { x: 'time', y: 'survival', curve: 'step-after', stroke: seriesColour(index), strokeWidth: 2, strokeDasharray: seriesDash(index) }),
      ]
    }),
  })
  const key = figure.curves.length < 2 ? [] : [legend(canvas, figure.curves.map(({ name }, index) => ({ label: name, index, mark: 'line' })))]
  return counted ? [...key, plot, atRiskPanel(figure, canvas, { names, ticks, margins, x, countRoom })] : [...key, plot]
}

function atRiskPanel(figure: SurvivalFigure, canvas: Canvas, { names, ticks, margins, x, countRoom }: AtRiskLayout): Panel {
  const { Plot, fontSize } = canvas
  const cells = figure.curves.flatMap((curve, index) => ticks.map((tick) => ({ tick, index, text: atRiskAt(curve, tick) })))
  return canvas.panel(24 + (fontSize + 6) * figure.curves.length, {
    ...margins, marginTop: 20, marginBottom: 4, style: { fontSize: `${fontSize}px` }, x: { ...x, axis: null }, y: { domain: [-0.5, figure.curves.length - 0.5], reverse: true, axis: null },
    marks: [
      Plot.text(['Number at risk'], { frameAnchor: 'top-left', dy: -16, dx: -margins.marginLeft + 2, textAnchor: 'start', fontWeight: 600, text: (text: string) => text }),
      Plot.text(names, { frameAnchor: 'left', dx: -(countRoom + 8), y: (_: string, index: number) => index, textAnchor: 'end', text: (name: string) => name, fill: (_: string, index: number) => seriesColour(index) }),
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
  const steps = time.map((at, index): Step => ({ time: at, survival: survival[index]!, lower: lower?.[index], upper: upper?.[index] }))
  const all: Step[] = time[0] === 0 ? steps : [{ time: 0, survival: 1, lower: 1, upper: 1 }, ...steps]
  const last = all.at(-1)!
  return 1.04 * last.time >= edge ? [...all, { ...last, time: edge }] : all
}
