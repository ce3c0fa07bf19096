/**
 * Concordance of a Cox model (Harrell's C): among pairs where one row has an event while the other is at risk and lasts longer, the
 * share in which the earlier event has the higher risk, ties in risk counting half. Pairs are within strata; a pair weighs the
 * product of its case weights. The standard error is the infinitesimal jackknife, or the covariance given, of which each row's
 * influence is the score. Equal to `survival::concordance`, whose clusters are those of the fit.
 *
 * Counted in n log n: event times are walked once downwards (who is at risk when i dies) and once upwards (who died while j was
 * at risk), with a binary indexed tree over ranks of the linear predictor.
 */
import type { ArrowTable, Fit, VcovEstimator } from '../../records.js'
import { applyVcov } from '../../vcov/withVcov.js'
import { robust } from '../../vcov/heteroskedastic.js'
import { coxState } from './coxState.js'
import { stratumOfTimes, type RiskSets } from '../../models/cox/riskSets.js'
import { linearPredictor, type CoxState } from '../../models/cox/solveCox.js'

export interface Concordance {
  readonly concordance: number
  readonly stdError: number
  readonly concordant: number
  readonly discordant: number
  /** Pairs with the same linear predictor. */
  readonly tied: number
}

/** Weight of a row's pairs, by how they compare. */
interface PairWeights {
  readonly concordant: Float64Array
  readonly discordant: Float64Array
  readonly tied: Float64Array
}

/**
 * Harrell's C of a fit, with its counts and standard error.
 *
 * @param table the table the fit was estimated on.
 * @param vcov how rows depend on each other; default not at all.
 * @example const { concordance } = concordanceIndex(fit, spells)
 */
export function concordanceIndex(fit: Fit<'cox'>, table: ArrowTable, vcov: VcovEstimator = robust()): Concordance {
  const state = coxState(fit, table)
  const { influence, ...result } = concordanceOf(state)
  const { matrix } = applyVcov(vcov.modelBased ? robust() : vcov, table, {
    scores: influence, bread: Float64Array.of(1), modelBased: Float64Array.of(1), rows: influence.length, parameters: 1, unit: state.unit, absorbed: [], family: 'survival',
  })
  return { ...result, stdError: Math.sqrt(Math.max(0, matrix[0]!)) }
}

/** Harrell's C at a state, and the influence of every row on it. */
function concordanceOf(state: CoxState): Omit<Concordance, 'stdError'> & { influence: Float64Array } {
  const { data } = state
  const { risk, event, rows } = data
  const weights = data.weights ?? new Float64Array(rows).fill(1)
  const ranks = ranksOf(linearPredictor(state), risk)
  const column = () => new Float64Array(rows)
  const pairs: PairWeights = { concordant: column(), discordant: column(), tied: column() }
  const order = rowsByTime(risk, event)
  countDeaths(risk, order, ranks, weights, pairs)
  const [concordant, discordant, tied] = [pairs.concordant, pairs.discordant, pairs.tied]
    .map((values) => values.reduce((sum, value, i) => sum + value * weights[i]!, 0)) as [number, number, number]
  countSurvivors(risk, order, ranks, weights, pairs)
  const total = concordant + discordant + tied
  const somers = (concordant - discordant) / total
  const influence = weights.map((weight, i) => {
    const [c, d, t] = [pairs.concordant[i]!, pairs.discordant[i]!, pairs.tied[i]!]
    return (weight * ((c - d) / total - (somers / total) * (c + d + t))) / 2
  })
  return { concordance: (somers + 1) / 2, concordant, discordant, tied, influence }
}

/** Dense ranks (1 the lowest) of the linear predictor within each stratum; 0 for rows never at risk. `size` is the largest rank. */
interface Ranks {
  readonly rank: Int32Array
  readonly size: Int32Array
}

function ranksOf(eta: Float64Array, risk: RiskSets): Ranks {
  const stratum = stratumOfTimes(risk)
  const members = listBy(risk.strata, risk.rows, (i) => (risk.last[i]! < 0 ? -1 : stratum[risk.last[i]!]!))
  const rank = new Int32Array(risk.rows)
  const size = new Int32Array(risk.strata)
  for (let s = 0; s < risk.strata; s++) {
    let previous = Number.NaN
    for (const i of at(members, s).sort((a, b) => eta[a]! - eta[b]!)) {
      if (eta[i] !== previous) size[s]!++
      rank[i] = size[s]!
      previous = eta[i]!
    }
  }
  return { rank, size }
}

/** Rows listed by event time: events, other rows whose last time it is, rows whose first time is the one after. */
interface RowsByTime {
  readonly deaths: RowLists
  readonly leavers: RowLists
  readonly entrants: RowLists
}
interface RowLists {
  readonly from: Int32Array
  readonly rows: Int32Array
}

function rowsByTime({ last, before, times }: RiskSets, event: Uint8Array): RowsByTime {
  const died = (i: number) => event[i] === 1
  return {
    deaths: listBy(times.length, last.length, (i) => (died(i) ? last[i]! : -1)),
    leavers: listBy(times.length, last.length, (i) => (died(i) ? -1 : last[i]!)),
    entrants: listBy(times.length, last.length, (i) => before[i]!),
  }
}

/** Counting sort of rows by key; rows with key −1 are left out. */
function listBy(keys: number, rows: number, keyOf: (row: number) => number): RowLists {
  const from = new Int32Array(keys + 1)
  for (let i = 0; i < rows; i++) if (keyOf(i) >= 0) from[keyOf(i) + 1]!++
  for (let k = 0; k < keys; k++) from[k + 1]! += from[k]!
  const next = from.slice(0, keys)
  const listed = new Int32Array(from[keys]!)
  for (let i = 0; i < rows; i++) if (keyOf(i) >= 0) listed[next[keyOf(i)]!++] = i
  return { from, rows: listed }
}

const at = ({ from, rows }: RowLists, k: number): Int32Array => rows.subarray(from[k]!, from[k + 1]!)

/** Adds to each death its pairs with rows that outlast it. */
function countDeaths(risk: RiskSets, order: RowsByTime, { rank, size }: Ranks, weights: Float64Array, pairs: PairWeights): void {
  for (let s = 0; s < risk.strata; s++) {
    const tree = rankTree(size[s]!)
    for (let k = risk.offsets[s + 1]! - 1; k >= risk.offsets[s]!; k--) {
      for (const i of at(order.entrants, k)) tree.add(rank[i]!, -weights[i]!)
      for (const i of at(order.leavers, k)) tree.add(rank[i]!, weights[i]!)
      for (const i of at(order.deaths, k)) {
        const { below, equal, above } = tree.split(rank[i]!)
        pairs.concordant[i]! += below
        pairs.tied[i]! += equal
        pairs.discordant[i]! += above
      }
      for (const i of at(order.deaths, k)) tree.add(rank[i]!, weights[i]!)
    }
  }
}

/** Adds to each row its pairs with deaths it outlasts: deaths up to its last time (its own excluded) less those before its entry. */
function countSurvivors(risk: RiskSets, order: RowsByTime, { rank, size }: Ranks, weights: Float64Array, pairs: PairWeights): void {
  for (let s = 0; s < risk.strata; s++) {
    const tree = rankTree(size[s]!)
    const count = (i: number, sign: 1 | -1) => {
      const { below, equal, above } = tree.split(rank[i]!)
      pairs.concordant[i]! += sign * above
      pairs.tied[i]! += sign * equal
      pairs.discordant[i]! += sign * below
    }
    for (let k = risk.offsets[s]!; k < risk.offsets[s + 1]!; k++) {
      for (const i of at(order.deaths, k)) count(i, 1)
      for (const i of at(order.deaths, k)) tree.add(rank[i]!, weights[i]!)
      for (const i of at(order.leavers, k)) count(i, 1)
      for (const i of at(order.entrants, k)) count(i, -1)
    }
  }
}

/** Binary indexed tree of weights over ranks 1 … size. Weights at one rank are also kept apart, so that no tie appears by rounding. */
function rankTree(size: number) {
  const nodes = new Float64Array(size + 1)
  const own = new Float64Array(size + 1)
  let total = 0
  return {
    add(rank: number, weight: number): void {
      total += weight
      own[rank]! += weight
      for (let r = rank; r <= size; r += r & -r) nodes[r]! += weight
    },
    split(rank: number) {
      let below = 0
      for (let r = rank - 1; r > 0; r -= r & -r) below += nodes[r]!
      const equal = own[rank]!
      return { below, equal, above: total - below - equal }
    },
  }
}
