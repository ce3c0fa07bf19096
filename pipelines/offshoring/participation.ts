/**
 * Entry and exit re-solved: from a random-effects logit of entry and a hazard of exit, estimated on the same firms, to firms that
 * decide each year whether to be active, and to what scenarios would change.
 *
 * All equations are drawn from one joint covariance over firms. A firm keeps the means of its covariates over the years observed,
 * its place, its state in the first year, and in every draw an effect from its posterior (mode + scale × normal). In units of the yearly
 * shock's scale κ the sunk cost is the coefficient of the lag; scenarios in money become units of κ by the calibrated gain and scale.
 */
import {
  bindSpec, influenceBlock, jointCovariance, parameterDraws, summariseDraws,
  type ArrowTable, type DrawInterval, type ExternalAssumption, type Fit, type JointEstimate, type ParticipationInput, type ParticipationScenario,
} from 'reshore'
import { meanProfile, type Calibration } from './costs.js'

/** What the scenarios assume, with its source; printed on the page. */
export interface ParticipationAssumptions {
  /** Share of the sunk entry cost that is paid for the firm. */
  readonly subsidy: ExternalAssumption
  /** Rise of the delivered cost of what is bought abroad, as a share. */
  readonly tradeRise: ExternalAssumption
}

/** A fit with the table it was estimated on. */
export interface Estimated<F extends Fit = Fit> {
  readonly fit: F
  readonly table: ArrowTable
}

export interface Equations {
  readonly entry: Estimated<Fit<'re-logit'>>
  readonly pooled: Estimated
  readonly exit: Estimated
}

/** Entry with and without random effect, and exit, as one estimate with its covariance over firms. */
export function jointEquations({ entry, pooled, exit }: Equations): JointEstimate {
  return jointCovariance([influenceBlock('entry', entry.fit, entry.table), influenceBlock('pooled', pooled.fit, pooled.table), influenceBlock('exit', exit.fit, exit.table)], 'firm')
}

/** One route to sunk plus exit cost, in units of κ, over the draws that admit it. */
export interface DrawnCost extends DrawInterval {
  readonly route: string
  readonly kept: number
  readonly asked: number
}

/** Sunk plus exit cost by three routes over the same joint draws; draws in which it is negative are discarded and counted. */
export function drawnCosts(joint: JointEstimate, { entry, pooled, exit }: Equations, draws: number, seed: number): DrawnCost[] {
  const draw = parameterDraws(joint, seed)
  const all = Array.from({ length: draws }, (_, r) => draw(r))
  const lagOf = (name: string, fit: Fit): ((b: Float64Array) => number) => {
    const at = joint.offset[name]! + fit.terms.indexOf('active_lag1')
    return (b) => b[at]!
  }
  const entryIndex = indexAtMeans(joint, 'pooled', pooled, { active_lag1: 0 })
  const exitIndex = indexAtMeans(joint, 'exit', exit)
  const hazardRoute = (b: Float64Array): number => {
    const cumulative = Math.exp(exitIndex(b))
    return -cumulative - Math.log(-Math.expm1(-cumulative)) - entryIndex(b)
  }
  const routes: readonly (readonly [string, (b: Float64Array) => number])[] = [
    ['Random-effects logit: state dependence', lagOf('entry', entry.fit)],
    ['Pooled logit: state dependence', lagOf('pooled', pooled.fit)],
    ['Pooled entry logit and exit hazard', hazardRoute],
  ]
  return routes.map(([route, cost]) => {
    const admitted = all.map(cost).filter((value) => value >= 0)
    return { route, kept: admitted.length, asked: draws, ...(admitted.length > 0 ? summariseDraws(admitted) : { median: 0, interval: [0, 0] }) }
  })
}

/** The linear index of an equation at the means of its sample, as a function of a joint draw. */
function indexAtMeans(joint: JointEstimate, name: string, { fit, table }: Estimated, fixed: Readonly<Record<string, number>> = {}): (b: Float64Array) => number {
  const profile = { ...meanProfile({ fit, table }), ...fixed }
  const offset = joint.offset[name]!
  return (b) => fit.terms.reduce((sum, term, j) => sum + b[offset + j]! * profile[term]!, 0)
}

export interface DecidingFirms {
  readonly input: ParticipationInput
  /** Name of every area, by its code. */
  readonly areas: readonly string[]
  /** Share of these firms that is active, by year, as observed. */
  readonly observed: { readonly year: readonly number[]; readonly share: readonly number[] }
}

/** The firms of the entry sample as the participation model sees them, over the years of the sample. */
export function decidingFirms({ fit, table }: Equations['entry'], joint: JointEstimate, { discount, seed }: { readonly discount: number; readonly seed: number }): DecidingFirms {
  const { row, mode, scale } = fit.detail.posterior
  const design = bindSpec(fit.spec, table)
  const firmOf = table.getChild('firm')!
  const index = new Map(Array.from(row, (first, i) => [String(firmOf.get(first)), i]))
  const k = fit.terms.length
  const covariates = new Float64Array(row.length * k)
  const rows = new Int32Array(row.length)
  const columns = fit.terms.map((term) => design.columns[design.terms.indexOf(term)]!)
  design.unit.forEach((tableRow, r) => {
    const i = index.get(String(firmOf.get(tableRow)))!
    rows[i]!++
    columns.forEach((column, j) => (covariates[i * k + j]! += column[r]!))
  })
  covariates.forEach((sum, cell) => (covariates[cell] = sum / rows[Math.floor(cell / k)]!))
  const places = Array.from(row, (first) => String(table.getChild('area')!.get(first)))
  const areas = [...new Set(places)].sort()
  const observed = observedShares(table)
  return {
    input: {
      distribution: { values: joint.values, covariance: joint.covariance }, entry: joint.offset.entry!, covariates, coefficients: k,
      lag: fit.terms.indexOf('active_lag1'), neighbours: fit.terms.indexOf('neighbours'),
      effects: mode, effectScale: scale,
      area: Int32Array.from(places, (place) => areas.indexOf(place)), initial: Uint8Array.from(row, (first) => Number(table.getChild('active_initial')!.get(first))),
      discount, periods: observed.year.length, seed,
    },
    areas,
    observed,
  }
}

function observedShares(table: ArrowTable): DecidingFirms['observed'] {
  const counts = new Map<number, { firms: number; active: number }>()
  const [years, active] = [table.getChild('year')!, table.getChild('active')!]
  for (let r = 0; r < table.numRows; r++) {
    const year = Number(years.get(r))
    const count = counts.get(year) ?? { firms: 0, active: 0 }
    counts.set(year, { firms: count.firms + 1, active: count.active + Number(active.get(r)) })
  }
  const year = [...counts.keys()].sort((a, b) => a - b)
  return { year, share: year.map((one) => counts.get(one)!.active / counts.get(one)!.firms) }
}

/** Sizes of the scenarios, and the saving that turns a cost into a gain. */
export interface ScenarioSize {
  readonly subsidy: number
  readonly tradeRise: number
  readonly savingRate: number
}

/** The three scenarios; a dearer delivered cost takes its share of the mean foreign cost, gain ÷ saving rate, from the yearly gain. */
export function participationScenarios(size: ScenarioSize, { gain, scale }: Calibration['money']): ParticipationScenario[] {
  return [
    { name: 'entry-cost subsidy', entryCost: 1 - size.subsidy },
    { name: 'no local spillover', spillover: 0 },
    { name: 'dearer trade', gainShift: -(size.tradeRise * gain) / (size.savingRate * scale) },
  ]
}
