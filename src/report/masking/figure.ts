/**
 * `--min-cell` for figures: the data are masked and the drawing follows. Hidden are marks that rest on 1 to N−1 units. Survival
 * curves need more care, because a step gives away its events: steps are put off until at least N events have come together,
 * and a curve ends where fewer than N are at risk. Curves without counts (predictions of a model) stay as they are.
 */
import type { BarFigure, FigureModel, HistogramFigure, LineFigure, MapFigure, SurvivalFigure } from '../figures/records.js'
import { isSmall } from './complementary.js'

export interface MaskedFigure {
  readonly figure: FigureModel
  /** How many points, bars, places, steps or series were hidden. */
  readonly marks: number
}

/**
 * The figure without its small marks, and how many there were.
 *
 * @example const { figure, marks } = maskFigure(map, 5)
 */
export function maskFigure(figure: FigureModel, minCell: number): MaskedFigure {
  const { masked, marks } = masking(figure, minCell)
  return marks === 0 ? { figure, marks } : { figure: { ...masked, masked: (figure.masked ?? 0) + marks }, marks }
}

function masking(figure: FigureModel, minCell: number): { masked: FigureModel; marks: number } {
  switch (figure.kind) {
    case 'coefficients': {
      const series = figure.series.filter(({ units }) => !isSmall(units ?? null, minCell))
      return { masked: { ...figure, series }, marks: figure.series.length - series.length }
    }
    case 'survival':
      return maskSurvival(figure, minCell)
    case 'map':
      return maskMap(figure, minCell)
    case 'lines':
      return maskLines(figure, minCell)
    case 'bars':
      return maskBars(figure, minCell)
    case 'histogram':
      return maskHistogram(figure, minCell)
    case 'tau-path':
    case 'envelope':
      return { masked: figure, marks: 0 }
  }
}

function maskSurvival(figure: SurvivalFigure, minCell: number): { masked: FigureModel; marks: number } {
  let marks = 0
  const curves = figure.curves.map((curve) => {
    const kept = keptSteps(curve, minCell)
    const steps = kept.map(({ step }) => step)
    marks += curve.time.length - steps.length
    const of = (values: readonly number[] | undefined): number[] | undefined => values && steps.map((step) => values[step]!)
    return {
      ...curve,
      time: of(curve.time)!,
      survival: of(curve.survival)!,
      lower: of(curve.lower),
      upper: of(curve.upper),
      atRisk: of(curve.atRisk),
      events: curve.events && kept.map(({ events }) => events),
    }
  })
  return { masked: { ...figure, curves: curves.filter(({ time }) => time.length > 0) }, marks }
}

/** Steps that may be shown, with the events since the step shown before. */
function keptSteps(
  { time, atRisk, events }: SurvivalFigure['curves'][number],
  minCell: number,
): { step: number; events: number }[] {
  const kept: { step: number; events: number }[] = []
  let waiting = 0
  for (const step of time.keys()) {
    if (atRisk !== undefined && atRisk[step]! < minCell) break
    waiting += events?.[step] ?? 0
    if (isSmall(waiting, minCell)) continue
    kept.push({ step, events: waiting })
    waiting = 0
  }
  return kept
}

function maskMap(figure: MapFigure, minCell: number): { masked: FigureModel; marks: number } {
  const small = figure.places.map(({ units }) => isSmall(units ?? null, minCell))
  const places = figure.places.map((place, index) => (small[index] ? { ...place, value: null, units: undefined } : place))
  return { masked: { ...figure, places }, marks: small.filter(Boolean).length }
}

function maskLines(figure: LineFigure, minCell: number): { masked: FigureModel; marks: number } {
  let marks = 0
  const series = figure.series.map((line) => {
    const kept = [...line.x.keys()].filter((index) => !isSmall(line.units?.[index] ?? null, minCell))
    marks += line.x.length - kept.length
    const of = (values: readonly number[] | undefined): number[] | undefined => values && kept.map((index) => values[index]!)
    return { ...line, x: of(line.x)!, y: of(line.y)!, lower: of(line.lower), upper: of(line.upper), units: of(line.units) }
  })
  return { masked: { ...figure, series: series.filter(({ x }) => x.length > 0) }, marks }
}

function maskBars(figure: BarFigure, minCell: number): { masked: FigureModel; marks: number } {
  let marks = 0
  const series = figure.series.map((bar) => {
    const small = bar.values.map((value, index) => isSmall(bar.units?.[index] ?? (figure.counts ? value : null), minCell))
    marks += small.filter(Boolean).length
    return {
      ...bar,
      values: bar.values.map((value, index) => (small[index] ? null : value)),
      units: bar.units?.map((units, index) => (small[index] ? 0 : units)),
    }
  })
  return { masked: { ...figure, series }, marks }
}

function maskHistogram(figure: HistogramFigure, minCell: number): { masked: FigureModel; marks: number } {
  let marks = 0
  const series = figure.series.map(({ name, counts }) => {
    marks += counts.filter((count) => isSmall(count, minCell)).length
    return { name, counts: counts.map((count) => (isSmall(count, minCell) ? null : count)) }
  })
  return { masked: { ...figure, series }, marks }
}
