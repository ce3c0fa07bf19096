/**
 * Simulated trade flows with their truth, for gravity equations by PPML:
 *
 *     E[v_ijt] = exp(α_it + λ_jt + b_d ln d_ij + b_c contiguous_ij + b_l language_ij + b_a agreement_ijt + u_ij)
 *
 * with effects of sellers and buyers by year. A flow is zero with probability exp(−c μ), so that small ones are missing, and positive ones
 * have errors whose spread falls with μ: the mean is μ whatever c is, while least squares on logarithms is biased (Santos Silva and
 * Tenreyro 2006). The pair effect u depends on agreements, so that their effect needs effects of pairs.
 */
import { ReshoreError } from '../errors.js'
import { greatCircle } from '../numerics/greatCircle.js'
import { randomStream, type RandomStream } from '../numerics/random.js'
import { findRoot } from '../numerics/root.js'
import type { GravityTruth } from './records.js'
import { writeFiles } from './writeFiles.js'

export interface GravityOptions {
  /** Sellers, all of which buy from each other. Default 60. */
  readonly firms?: number
  /** Positive flows of all years, about. Default half of the pairs and years. */
  readonly links?: number
  /** Default 1. */
  readonly seed?: number
}

const years = [2005, 2006, 2007, 2008] as const
const planted = { 'log(distance)': -1.1, contiguous: 0.5, language: 0.3, agreement: 0.4 } as const
/** Within this many kilometres two places are contiguous. */
const neighbourhood = 400
const fewest = 10
/** Rows are built in memory. */
const most = 2000

/** One row per seller, buyer and year; the place of a row is ((year × firms) + seller) × firms + buyer. */
interface Flows {
  readonly mean: Float64Array
  readonly distance: Float64Array
  readonly contiguous: Uint8Array
  readonly language: Uint8Array
  readonly agreement: Uint8Array
}

/**
 * `flows.csv` (seller, buyer, year, value, distance in kilometres, contiguous, language, agreement; pairs of two firms only) and `truth.json`
 * in folder `out`; the truth is also returned. Same options, same bytes. Throws `SimulationError` for options out of range.
 *
 * @example const truth = await simulateGravity({ firms: 80, seed: 3, out: 'data/gravity' })
 */
export async function simulateGravity({ out, ...options }: GravityOptions & { readonly out: string }): Promise<GravityTruth> {
  const { firms, links, seed } = checked(options)
  const flows = drawMeans(firms, seed)
  const scale = zeroScale(flows.mean, firms, links)
  const { lines, positive } = drawValues(flows, firms, scale, randomStream(seed, 'gravity', 'values'))
  const truth: GravityTruth = {
    survey: 'gravity',
    seed,
    firms,
    links: positive,
    years,
    coefficients: planted,
    notes: [
      'E[value] is exp(effects of seller × year and buyer × year + coefficients × regressors + pair effect); zeros are part of it.',
      'log(distance), contiguous and language are recovered beside effects of seller × year and buyer × year.',
      'The pair effect rises with agreements: agreement is recovered where effects of seller × buyer are absorbed too.',
    ],
    rows: { 'flows.csv': lines.length - 1 },
    dirt: [],
  }
  await writeFiles(out, new Map([
    ['flows.csv', Buffer.from(`${lines.join('\n')}\n`)],
    ['truth.json', Buffer.from(`${JSON.stringify(truth, undefined, 1)}\n`)],
  ]))
  return truth
}

function checked({ firms = 60, links, seed = 1 }: GravityOptions): Required<GravityOptions> {
  const flows = firms * (firms - 1) * years.length
  const wanted = links ?? Math.round(flows / 2)
  const demand = (holds: boolean, what: string, remedy: string): void => {
    if (!holds) throw new ReshoreError('SimulationError', what, remedy, 2)
  }
  demand(Number.isSafeInteger(firms) && firms >= fewest && firms <= most, `firms is ${firms}`,
    `Ask for a whole number of firms from ${fewest} to ${most}.`)
  demand(Number.isSafeInteger(seed), `seed is ${seed}`, 'Give a whole number.')
  demand(wanted >= 0.05 * flows && wanted <= 0.95 * flows, `links is ${wanted}, of ${flows} flows`,
    'Ask for 5 to 95 % of the flows between all firms in all years.')
  return { firms, links: wanted, seed }
}

function drawMeans(firms: number, seed: number): Flows {
  const places = randomStream(seed, 'gravity', 'places')
  const at = Array.from({ length: firms }, () => (
    { latitude: 30 + 25 * places.uniform(), longitude: 60 * places.uniform(), language: places.integer(5) }))
  const effects = randomStream(seed, 'gravity', 'effects')
  const sizes = Array.from({ length: firms }, () => 1.2 * effects.normal())
  const byYear = (): Float64Array => Float64Array.from({ length: firms * years.length }, (_, row) => sizes[row % firms]! + 0.3 * effects.normal())
  const [selling, buying] = [byYear(), byYear()]
  const pairs = randomStream(seed, 'gravity', 'pairs')
  const cells = firms * firms * years.length
  const flows: Flows = {
    mean: new Float64Array(cells), distance: new Float64Array(cells),
    contiguous: new Uint8Array(cells), language: new Uint8Array(cells), agreement: new Uint8Array(cells),
  }
  for (let seller = 0; seller < firms; seller++) {
    for (let buyer = 0; buyer < firms; buyer++) {
      const [from, to] = [at[seller]!, at[buyer]!]
      const distance = Math.max(1, greatCircle(from.latitude, from.longitude, to.latitude, to.longitude))
      const affinity = pairs.normal()
      // The year from which an agreement holds; half of the pairs never have one.
      const start = affinity + pairs.normal() > 0 ? pairs.integer(years.length + 1) : years.length
      for (let year = 0; year < years.length; year++) {
        const cell = (year * firms + seller) * firms + buyer
        flows.distance[cell] = distance
        flows.contiguous[cell] = Number(distance < neighbourhood)
        flows.language[cell] = Number(from.language === to.language)
        flows.agreement[cell] = Number(year >= start)
        flows.mean[cell] = Math.exp(9 + selling[year * firms + seller]! + buying[year * firms + buyer]! + 0.3 * affinity
          + planted['log(distance)'] * Math.log(distance) + planted.contiguous * flows.contiguous[cell]!
          + planted.language * flows.language[cell]! + planted.agreement * flows.agreement[cell]!)
      }
    }
  }
  return flows
}

/** c at which the wanted number of flows is positive on average: Σ (1 − exp(−c μ)) = links. */
function zeroScale(mean: Float64Array, firms: number, links: number): number {
  const expected = (scale: number): number => {
    let total = 0
    for (let cell = 0; cell < mean.length; cell++) if (!ownFlow(cell, firms)) total += -Math.expm1(-scale * mean[cell]!)
    return total
  }
  return Math.exp(findRoot((logScale) => expected(Math.exp(logScale)) - links, -30, 30))
}

const ownFlow = (cell: number, firms: number): boolean => Math.floor(cell / firms) % firms === cell % firms

function drawValues(flows: Flows, firms: number, scale: number, stream: RandomStream): { lines: string[]; positive: number } {
  const lines = ['seller,buyer,year,value,distance,contiguous,language,agreement']
  const code = (firm: number): string => `F${String(firm + 1).padStart(4, '0')}`
  let positive = 0
  for (let cell = 0; cell < flows.mean.length; cell++) {
    if (ownFlow(cell, firms)) continue
    const mean = flows.mean[cell]!
    const chance = -Math.expm1(-scale * mean)
    const spread = 0.3 + 0.7 * Math.exp(-scale * mean)
    const traded = stream.uniform() < chance
    const value = traded ? (mean / chance) * Math.exp(spread * stream.normal() - spread ** 2 / 2) : 0
    if (traded) positive++
    const row = Math.floor(cell / firms)
    lines.push([
      code(row % firms), code(cell % firms), years[Math.floor(row / firms)], Number(value.toPrecision(10)), flows.distance[cell]!.toFixed(3),
      flows.contiguous[cell], flows.language[cell], flows.agreement[cell],
    ].join(','))
  }
  return { lines, positive }
}
