/**
 * The two scenarios re-solved: supplier sets of a sample of surveyed buyers, calibrated and solved exactly at every joint draw of the
 * coefficients, as they are and under each scenario with the same shocks (docs/japan.md), beside the closed form for the same buyers
 * and draws; and again with each assumption at the ends of its range, on the first draws.
 */
import { ReshoreError, supplierChanges, supplierOutcomes, suppliersOverDraws, type DrawInterval, type Flow, type JointEstimate, type Step, type SupplierChanges, type SupplierExperiment, type SupplierMeasures, type SupplierScenario } from 'reshore'
import { assumptions, type AssumedName } from './assumptions.js'
import type { buyerStep } from './buyers.js'
import type { scenarioStep, scaleStep } from './estimateSteps.js'
import { layoutOf } from './joint.js'
import type { linkStep } from './links.js'
import { listedShares, sampledBuyers, type SampledBuyers } from './supplierSample.js'
import type { JapanTables, Period } from './tables.js'

interface SourcingInputs {
  readonly tables: Step<JapanTables>
  readonly links: ReturnType<typeof linkStep>
  readonly buyers: ReturnType<typeof buyerStep>
  readonly scale: ReturnType<typeof scaleStep>
  readonly scenarios: ReturnType<typeof scenarioStep>
}

/** Change of the number of domestic links with an assumption at both ends of its range. */
export interface SourcingRange {
  readonly scenario: string
  readonly assumption: AssumedName
  readonly low: DrawInterval
  readonly central: DrawInterval
  readonly high: DrawInterval
}

export interface Resolved {
  readonly changes: readonly SupplierChanges[]
  readonly industries: readonly string[]
  readonly buyers: number
  readonly every: number
  /** Links of the sample as they are observed, weighted. */
  readonly observed: number
  /** Whether shares of listed suppliers and η come from values of links. */
  readonly valued: boolean
  readonly ranges: { readonly draws: number; readonly effects: readonly SourcingRange[] }
  /** By scenario: standard deviation of re-solved changes at the estimates over the shocks of other seeds. */
  readonly simulation: { readonly seeds: number; readonly deviations: readonly Readonly<Record<SourcingMeasure, number>>[] }
}

export type SourcingMeasure = Exclude<keyof SupplierMeasures<unknown>, 'through'>

/** One draw in so many is re-solved over the ranges of the assumptions. */
const rangeShare = 20

type Values = Readonly<Record<AssumedName, number>>

export function sourcingStep({ step }: Flow, inputs: SourcingInputs, settings: Period & { readonly draws: number; readonly seed: number; readonly solved: number }) {
  const central = Object.fromEntries(Object.entries(assumptions).map(([name, { value }]) => [name, value])) as Values
  return step('sourcing', {
    stage: 'counterfactual',
    inputs: { ...inputs },
    options: { ...settings, rangeDraws: Math.max(1, Math.ceil(settings.draws / rangeShare)), assumed: central, ends: Object.fromEntries(Object.entries(assumptions).map(([name, { range }]) => [name, [...range]])) },
    async run({ tables, links, buyers, scale, scenarios: { joint } }, { engine, threads, progress, options }) {
      const sampled = await sampledBuyers(engine, { inputs: buyers.inputs, links: links.table }, options, options.solved)
      if (sampled.sample.weight.length === 0) {
        throw new ReshoreError('NoBuyersError', 'no buyer can be re-solved: none has sales of both years, purchases and domestic links of the second', 'Look at `sales` of the survey files, at purchases and at the links of surveyed firms.')
      }
      const valued = links.reported.values
      const listed = valued ? await listedShares(engine, { table: links.table, links: links.links, purchases: tables.purchases, buyers: buyers.buyers }, options) : new Map<string, number>()
      const exponents = new Map(scale.fits.exponents.map(({ industry, taken }) => [industry, taken.value]))
      const experiment = (values: Values): SupplierExperiment => experimentOf({ sampled, joint, listed, exponents, seed: options.seed }, values)
      const solve = (values: Values, draws: number, onProgress?: (done: number) => void): Promise<SupplierChanges[]> =>
        suppliersOverDraws(experiment(values), draws, { workers: threads, ...(onProgress && { onProgress }) })
      const changes = await solve(options.assumed, options.draws, (done) => progress(done / (2 * options.draws), `${done} of ${options.draws} draws`))
      progress(0.5, 'over the ranges of what is assumed')
      const effects = await overRanges(options.assumed, valued ? ['foreignDispersion', 'distanceCut'] : Object.keys(assumptions) as AssumedName[], (values) => solve(values, options.rangeDraws))
      const simulation = overSeeds(experiment(options.assumed))
      const { sample, industries, every } = sampled
      const resolved: Resolved = {
        changes, industries, buyers: sample.weight.length, every, observed: every * sample.logKm.length, valued, ranges: { draws: options.rangeDraws, effects },
        simulation,
      }
      return { resolved }
    },
  })
}

interface Experimental {
  readonly sampled: SampledBuyers
  readonly joint: JointEstimate
  readonly listed: ReadonlyMap<string, number>
  readonly exponents: ReadonlyMap<string, number>
  readonly seed: number
}

function experimentOf({ sampled: { sample, industries }, joint, listed, exponents, seed }: Experimental, values: Values): SupplierExperiment {
  const { values: estimates, covariance, ...coefficients } = layoutOf(joint, industries)
  const scenarios: SupplierScenario[] = [
    ...(coefficients.response < 0 ? [] : [{ name: still, supply: 1 }]), { name: nearer, distance: values.distanceCut },
  ]
  return {
    sample, distribution: { values: estimates, covariance }, coefficients, scenarios, seed,
    complements: Uint8Array.from(industries, (industry) => ((exponents.get(industry) ?? 1) > 1 ? 1 : 0)),
    assumed: {
      listed: Float64Array.from(industries, (industry) => listed.get(industry) ?? values.listed), potentialShare: values.potentialShare, foreignDispersion: values.foreignDispersion,
    },
  }
}

/** Names of the scenarios. */
export const still = 'foreign export supply had not grown'
export const nearer = 'distance matters less'

/** Seeds that say how far the shocks of one seed move the results. */
const seeds = 8

function overSeeds(experiment: SupplierExperiment): Resolved['simulation'] {
  const { scenarios, sample, seed } = experiment
  const runs = Array.from({ length: seeds }, (_, r) => supplierChanges(supplierOutcomes({ ...experiment, seed: seed + 1 + r }, -1, 0), scenarios, sample.weight))
  const deviation = (values: readonly number[]): number => {
    const mean = values.reduce((sum, value) => sum + value, 0) / seeds
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1))
  }
  const keys = Object.keys(runs[0]![0]!.solved).filter((key): key is SourcingMeasure => key !== 'through')
  const deviations = scenarios.map((_, s) => Object.fromEntries(keys.map((key) => [key, deviation(runs.map((run) => run[s]!.solved[key].median))])) as Record<SourcingMeasure, number>)
  return { seeds, deviations }
}

/** One assumption at a time at the ends of its range, the widest first within a scenario. */
async function overRanges(values: Values, names: readonly AssumedName[], solve: (values: Values) => Promise<readonly SupplierChanges[]>): Promise<SourcingRange[]> {
  const links = (changes: readonly SupplierChanges[], scenario: string): DrawInterval => changes.find(({ name }) => name === scenario)!.solved.links
  const central = await solve(values)
  const effects: SourcingRange[] = []
  for (const assumption of names) {
    const [low, high] = assumptions[assumption].range
    const ends = [await solve({ ...values, [assumption]: low }), await solve({ ...values, [assumption]: high })] as const
    for (const { name } of central) {
      if (assumption === 'distanceCut' && name === still) continue
      effects.push({ scenario: name, assumption, low: links(ends[0], name), central: links(central, name), high: links(ends[1], name) })
    }
  }
  const width = ({ low, high }: SourcingRange): number => Math.abs(high.median - low.median)
  return central.flatMap(({ name }) => effects.filter(({ scenario }) => scenario === name).sort((a, b) => width(b) - width(a)))
}
