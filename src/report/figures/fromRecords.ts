/** Figures from what other stages return: fits, survival curves, solved trees and chains, counted links. */
import { ReshoreError } from '../../errors.js'
import type { ChainPlan, TreePath } from '../../sourcing/records.js'
import type { ModelColumn } from '../tables/records.js'
import type { CoefficientFigure, EnvelopeFigure, HistogramFigure, SurvivalFigure, TauPathFigure } from './records.js'

interface Words {
  readonly id: string
  readonly title: string
  readonly caption?: string
  readonly notes?: readonly string[]
}

/**
 * Coefficients of models side by side; `ratio` shows odds or hazard ratios.
 *
 * @example coefficientFigure({ id: 'entry', title: 'Who goes abroad' }, [logit, probit], { omit: ['(Intercept)'] })
 */
export function coefficientFigure(
  words: Words,
  models: readonly ModelColumn[],
  options: {
    readonly scale?: 'coefficient' | 'ratio'
    readonly labels?: Readonly<Record<string, string>>
    readonly omit?: readonly string[]
    readonly unitName?: string
  } = {},
): CoefficientFigure {
  const { scale = 'coefficient', labels = {}, omit = ['(Intercept)'] } = options
  const wrong = models.find(({ ratio }) => scale === 'ratio' && ratio === undefined)
  if (wrong !== undefined)
    throw new ReshoreError(
      'FigureError',
      `Coefficients of ${wrong.name} (${wrong.model}) have no reading as ratios.`,
      'Show them as coefficients.',
      2,
    )
  const shown = (value: number): number => (scale === 'ratio' ? Math.exp(value) : value)
  return {
    ...words,
    kind: 'coefficients',
    scale,
    unitName: options.unitName,
    valueLabel: scale === 'ratio' ? `${[...new Set(models.map(({ ratio }) => ratio))].join(' or ')} ratio` : 'coefficient',
    series: models.map((model) => ({
      name: model.name === model.model ? model.name : `${model.name} ${model.model}`,
      units: Math.min(model.sample.used, model.sample.groups ?? Infinity),
      terms: model.terms
        .filter(({ term }) => !omit.includes(term))
        .map(({ term, estimate, conf }) => ({
          label: labels[term] ?? term,
          estimate: shown(estimate),
          conf: [shown(conf[0]), shown(conf[1])] as const,
        })),
    })),
  }
}

/** A curve as estimation returns it; counts where the curve is an empirical one. */
export interface CurveRecord {
  readonly name: string
  readonly time: ArrayLike<number>
  readonly survival: ArrayLike<number>
  readonly lower?: ArrayLike<number>
  readonly upper?: ArrayLike<number>
  readonly atRisk?: ArrayLike<number>
  readonly events?: ArrayLike<number>
}

/** Survival curves of a model or of data. */
export function survivalFigure(
  words: Words,
  curves: readonly CurveRecord[],
  options: { readonly timeLabel?: string; readonly valueLabel?: string; readonly unitName?: string } = {},
): SurvivalFigure {
  const list = (values: ArrayLike<number> | undefined): number[] | undefined => values && Array.from(values)
  return {
    ...words,
    kind: 'survival',
    timeLabel: options.timeLabel ?? 'time',
    valueLabel: options.valueLabel ?? 'survival',
    unitName: options.unitName,
    curves: curves.map(({ name, time, survival, lower, upper, atRisk, events }) => ({
      name,
      time: Array.from(time),
      survival: Array.from(survival),
      lower: list(lower),
      upper: list(upper),
      atRisk: list(atRisk),
      events: list(events),
    })),
  }
}

/** The exact path of a tree over trade costs. */
export function tauPathFigure(
  words: Words,
  path: TreePath,
  labels: {
    readonly parts: readonly string[]
    readonly countries: readonly string[]
    readonly tau?: string
    readonly cost?: string
  },
): TauPathFigure {
  return {
    ...words,
    kind: 'tau-path',
    parts: labels.parts,
    countries: labels.countries,
    segments: path.segments,
    tauLabel: labels.tau,
    costLabel: labels.cost,
  }
}

/** Envelopes of chains, one a plan: base and scenario, say. */
export function envelopeFigure(
  words: Words,
  plans: readonly { readonly name: string; readonly plan: ChainPlan }[],
  labels: {
    readonly countries: readonly string[]
    readonly cost?: 'total' | 'average'
    readonly quantity?: string
    readonly costLabel?: string
  },
): EnvelopeFigure {
  return {
    ...words,
    kind: 'envelope',
    cost: labels.cost ?? 'average',
    quantityLabel: labels.quantity,
    costLabel: labels.costLabel,
    envelopes: plans.map(({ name, plan }) => ({
      name,
      segments: plan.segments.map(({ chain, ...segment }) => ({
        ...segment,
        label: chain.map((country) => labels.countries[country]!).join('→'),
      })),
    })),
  }
}

/** Axis ticks of the published figure of links by distance, in kilometres: powers of five. */
const distanceTicks = [5, 25, 125, 625, 3125] as const

/**
 * The figure of links by distance: counts between edges in kilometres, drawn on a log axis with the published ticks.
 * The first edge must be positive: distances are floored at one kilometre before they are binned.
 *
 * @example linksByDistance('links', 'Links by distance', [1, 5, 25, 125, 625, 3125], [{ name: '2005', counts: [9, 8, 7, 5, 1] }])
 */
export function linksByDistance(
  id: string,
  title: string,
  edges: readonly number[],
  series: HistogramFigure['series'],
): HistogramFigure {
  return {
    kind: 'histogram',
    id,
    title,
    edges,
    series,
    unitName: 'links',
    valueLabel: 'links',
    x: {
      label: 'distance, km (log scale)',
      scale: 'log',
      ticks: distanceTicks,
      domain: [Math.min(1, edges[0]!), Math.max(3125, edges.at(-1)!)],
      format: 'year',
    },
  }
}
