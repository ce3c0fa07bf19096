/**
 * The two scenarios re-solved: supplier sets of a sample of surveyed buyers, calibrated and solved exactly at every joint draw of the
 * coefficients, as they are and under each scenario with the same shocks (docs/japan.md), beside the closed form for the same buyers
 * and draws; and again with each assumption at the ends of its range, on the first draws. Every draw weighs the buyers anew where they are a
 * sample. What too few or too imprecise data do not allow is left out with its reason: the estimates are worth a page without it.
 */
import { isReshoreError, supplierChanges, supplierOutcomes, suppliersOverDraws, type DrawInterval, type Flow, type JointEstimate, type Step, type SupplierChanges, type SupplierExperiment, type SupplierMeasures, type SupplierSample, type SupplierScenario } from 'reshore'
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
  /** The largest buyers, which are taken all, and one in how many of the others is. */
  readonly largest: number
  readonly every: number
  /** Surveyed buyers there are. */
  readonly population: number
  /** Links of the sample as they are observed, weighted. */
  readonly observed: number
  /** Whether shares of listed suppliers and η come from values of links. */
  readonly valued: boolean
  readonly ranges: Ranges | Unsolved
  readonly simulation: Simulation | Unsolved
}

export interface Ranges {
  readonly draws: number
  readonly effects: readonly SourcingRange[]
}

/** By scenario: standard deviation of re-solved changes at the estimates over the shocks of other seeds. */
export interface Simulation {
  readonly seeds: number
  readonly deviations: readonly Readonly<Record<SourcingMeasure, number>>[]
}

/** Why something could not be re-solved, and what would help; sentences. */
export interface Unsolved {
  readonly unsolved: string
  readonly remedy: string
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
    async run({ tables, links, buyers, scale, scenarios: { joint } }, { engine, threads, note, progress, options }): Promise<{ resolved: Resolved | Unsolved }> {
      const sampled = await sampledBuyers(engine, { inputs: buyers.inputs, links: links.table }, options, options.solved, options.seed)
      const { sample, industries, largest, every, population } = sampled
      const surveyed = sample.weight.length
      if (surveyed === 0) {
        const resolved = { unsolved: 'No surveyed buyer has sales of both years beside its purchases.', remedy: 'Fill `sales` of the survey files of both years.' }
        note(`Suppliers are not re-solved. ${resolved.unsolved} ${resolved.remedy}`)
        return { resolved }
      }
      const valued = links.reported.values
      const listed = valued ? await listedShares(engine, { table: links.table, links: links.links, purchases: tables.purchases, buyers: buyers.buyers }, options) : new Map<string, number>()
      const exponents = new Map(scale.fits.exponents.map(({ industry, taken }) => [industry, taken.value]))
      const experiment = (values: Values): SupplierExperiment => experimentOf({ sampled, joint, listed, exponents, seed: options.seed }, values)
      const solve = (values: Values, draws: number, onProgress?: (done: number) => void): Promise<SupplierChanges[]> =>
        suppliersOverDraws(experiment(values), draws, { workers: threads, ...(onProgress && { onProgress }) })
      const changes = await unlessInadmissible(() => solve(options.assumed, options.draws, (done) => progress(done / (2 * options.draws), `${done} of ${options.draws} draws`)))
      if ('unsolved' in changes) {
        note(`Suppliers are not re-solved. ${changes.unsolved} ${changes.remedy}`)
        return { resolved: changes }
      }
      progress(0.5, 'over the ranges of what is assumed')
      const names = valued ? ['foreignDispersion', 'distanceCut'] as const : Object.keys(assumptions) as AssumedName[]
      const ranges = await unlessInadmissible(async () => ({
        draws: options.rangeDraws, effects: await overRanges(options.assumed, names, (values) => solve(values, options.rangeDraws)),
      }))
      const simulation = await unlessInadmissible(() => Promise.resolve(overSeeds(experiment(options.assumed))))
      return { resolved: { changes, industries, buyers: surveyed, largest, every, population, observed: observedLinks(sample), valued, ranges, simulation } }
    },
  })
}

function observedLinks({ firstInput, firstLink, weight }: SupplierSample): number {
  return weight.reduce((sum, own, n) => sum + own * (firstLink[firstInput[n + 1]!]! - firstLink[firstInput[n]!]!), 0)
}

/** What `make` returns, or why the estimates do not admit it; anything else that fails is an error. */
async function unlessInadmissible<T>(make: () => Promise<T>): Promise<T | Unsolved> {
  try {
    return await make()
  } catch (error) {
    if (!isReshoreError(error) || error.name !== 'CalibrationError') throw error
    return {
      unsolved: error.message,
      remedy: 'The e_k come from growth of surveyed buyers (E5), κ from the link logits: more buyers in the survey of both years, or fewer and larger input industries, make them firmer.',
    }
  }
}

export interface Experimental {
  readonly sampled: SampledBuyers
  readonly joint: JointEstimate
  readonly listed: ReadonlyMap<string, number>
  readonly exponents: ReadonlyMap<string, number>
  readonly seed: number
}

/** The experiment of a sample of buyers at values of what is assumed. */
export function experimentOf({ sampled: { sample, industries }, joint, listed, exponents, seed }: Experimental, values: Values): SupplierExperiment {
  const { values: estimates, covariance, ...coefficients } = layoutOf(joint, industries)
  const scenarios: SupplierScenario[] = [
    ...(coefficients.response < 0 ? [] : [{ name: still, supply: 1 }]), { name: nearer, distance: values.distanceCut },
  ]
  return {
    sample, distribution: { values: estimates, covariance }, coefficients, scenarios, seed, sampled: true,
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

function overSeeds(experiment: SupplierExperiment): Simulation {
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
