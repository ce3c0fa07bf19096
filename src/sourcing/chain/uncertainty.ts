/**
 * Trade-policy uncertainty (de Gortari 2020, Figures 3 and 4): iceberg costs become τ' = 1 + ζ(τ − 1) with ζ ~ U[1 − ζ̄, 1 + ζ̄],
 * independent over ordered pairs of countries, so that E τ' = τ and V τ' = ζ̄²(τ − 1)²/3. For a firm that sells q: how often is
 * the chain that was optimal at τ no longer optimal, and what does staying with it cost, C(ℓ(q))/C(ℓ'(q)) − 1 at τ'?
 *
 * Marginal cost rises in every τ, so a chain's lies between its values with all shocks at their lowest and at their highest. A
 * chain whose (lowest marginal cost, fixed cost) is above the hull of all (highest marginal cost, fixed cost) is never optimal: of the
 * 3,125 chains of five stages and five countries a handful is left, and each draw looks at those only.
 *
 * Without fixed costs the question has one answer for all quantities, the constant-returns benchmark: the limit q → ∞.
 */
import { ReshoreError } from '../../errors.js'
import { randomStream } from '../../numerics/random.js'
import type { ChainProblem } from '../records.js'
import { labelOf, lowerHull } from './labels.js'
import { downstreamShares, fixedCost, marginalCostOf } from './technology.js'

export interface UncertaintyOptions {
  /** ζ̄ of every panel, in [0, 1]. */
  readonly spreads: readonly number[]
  readonly draws: number
  /** Ascending, above 0. */
  readonly quantities: readonly number[]
  readonly seed: number
}

export interface UncertaintyPanel {
  readonly spread: number
  /** Chains that no bound excludes: all that are optimal at some quantity under some shock are among them. */
  readonly candidates: number
  /** By quantity: share of draws in which another chain is optimal. */
  readonly changed: Float64Array
  /** By quantity: mean over draws of the cost of staying with the old chain, relative to the new optimum. */
  readonly loss: Float64Array
  readonly constantReturns: { readonly changed: number; readonly loss: number }
}

/** Chains the experiment may list. */
const CHAIN_LIMIT = 500_000

/** Chains by rising fixed cost. */
interface Candidates {
  readonly chains: readonly (readonly number[])[]
  readonly fixed: Float64Array
}

/**
 * One panel for every spread. All panels see the same draws (ζ = 1 + ζ̄u with one u), and draw d depends on the seed and d only.
 *
 * @throws ProblemError for additive costs, options out of range, or more chains than can be listed
 * @example tradePolicyUncertainty(problem, { spreads: [0.05, 0.2, 0.4], draws: 10_000, quantities, seed: 1 })
 */
export function tradePolicyUncertainty(problem: ChainProblem, options: UncertaintyOptions): UncertaintyPanel[] {
  check(problem, options)
  const shocks = drawShocks(options, problem.unitCosts[0]!.length)
  const chains = listChains(problem)
  return options.spreads.map((spread) => panelOf(problem, candidatesOf(problem, chains, spread), shocks, spread, options))
}

function panelOf(
  problem: ChainProblem, candidates: Candidates, shocks: Float64Array, spread: number, { draws, quantities }: UncertaintyOptions,
): UncertaintyPanel {
  const { fixed } = candidates
  const marginal = new Float64Array(fixed.length)
  const cost = shockedCosts(problem, candidates, spread, marginal)
  const envelope = { chain: new Int32Array(fixed.length), from: new Float64Array(fixed.length) }
  const size = shocks.length / draws
  cost(new Float64Array(size))
  const length = lineEnvelope(marginal, fixed, envelope)
  const benchmark = envelope.chain[length - 1]!
  const before = Int32Array.from(quantities, (quantity) => envelope.chain[segmentAt(envelope.from, length, quantity)]!)
  const changed = new Float64Array(quantities.length)
  const loss = new Float64Array(quantities.length)
  const constantReturns = { changed: 0, loss: 0 }
  for (let draw = 0; draw < draws; draw++) {
    cost(shocks.subarray(draw * size, (draw + 1) * size))
    const segments = lineEnvelope(marginal, fixed, envelope)
    const cheapest = envelope.chain[segments - 1]!
    if (cheapest !== benchmark) {
      constantReturns.changed += 1 / draws
      constantReturns.loss += (marginal[benchmark]! / marginal[cheapest]! - 1) / draws
    }
    for (let k = 0, at = 0; k < before.length; k++) {
      const quantity = quantities[k]!
      while (at + 1 < segments && envelope.from[at + 1]! <= quantity) at++
      const now = envelope.chain[at]!
      const then = before[k]!
      if (now === then) continue
      changed[k]! += 1
      loss[k]! += (quantity * marginal[then]! + fixed[then]!) / (quantity * marginal[now]! + fixed[now]!) - 1
    }
  }
  const mean = (sum: number): number => sum / draws
  return { spread, candidates: fixed.length, changed: changed.map(mean), loss: loss.map(mean), constantReturns }
}

/** The lower envelope of q·marginal + fixed over lines of rising fixed cost, from q = 0 up; returns its number of segments. */
function lineEnvelope(marginal: Float64Array, fixed: Float64Array, { chain, from }: { chain: Int32Array; from: Float64Array }): number {
  let length = 0
  for (let line = 0; line < fixed.length; line++) {
    if (length > 0 && marginal[line]! >= marginal[chain[length - 1]!]!) continue
    let start = 0
    while (length > 0) {
      const top = chain[length - 1]!
      start = (fixed[line]! - fixed[top]!) / (marginal[top]! - marginal[line]!)
      if (start > from[length - 1]!) break
      length--
      start = 0
    }
    chain[length] = line
    from[length++] = start
  }
  return length
}

function segmentAt(from: Float64Array, length: number, quantity: number): number {
  let at = 0
  while (at + 1 < length && from[at + 1]! <= quantity) at++
  return at
}

/** Uniforms on (−1, 1): [draw · J² + i·J + j], zero at home. */
function drawShocks({ draws, seed }: UncertaintyOptions, countries: number): Float64Array {
  const shocks = new Float64Array(draws * countries * countries)
  for (let draw = 0, at = 0; draw < draws; draw++) {
    const { uniform } = randomStream(seed, 'trade policy', draw)
    for (let i = 0; i < countries; i++) for (let j = 0; j < countries; j++, at++) if (i !== j) shocks[at] = 2 * uniform() - 1
  }
  return shocks
}

/** Fills `marginal` with the candidates' marginal costs under one draw of shocks. */
function shockedCosts(
  problem: ChainProblem, { chains }: Candidates, spread: number, marginal: Float64Array,
): (shocks: Float64Array) => void {
  const countries = problem.unitCosts[0]!.length
  const trade = Float64Array.from((problem.tradeCosts as readonly (readonly number[])[]).flat())
  if (problem.technology !== 'cobb-douglas') {
    return (shocks) => {
      const matrix = problem.unitCosts[0]!.map((_, i) => problem.unitCosts[0]!.map((_, j) => {
        const at = i * countries + j
        return 1 + (1 + spread * shocks[at]!) * (trade[at]! - 1)
      }))
      const costOf = marginalCostOf({ ...problem, tradeCosts: matrix })
      chains.forEach((chain, k) => { marginal[k] = costOf(chain) })
    }
  }
  const free = marginalCostOf({ ...problem, tradeCosts: problem.unitCosts[0]!.map(() => problem.unitCosts[0]!.map(() => 1)) })
  const own = Float64Array.from(chains, (chain) => Math.log(free(chain)))
  const share = downstreamShares(problem.valueAdded)
  const edges = problem.valueAdded.length - 1
  const edge = Int32Array.from(chains.flatMap((chain) => chain.slice(1).map((to, n) => chain[n]! * countries + to)))
  const logs = new Float64Array(trade.length)
  return (shocks) => {
    for (let at = 0; at < logs.length; at++) logs[at] = Math.log1p((1 + spread * shocks[at]!) * (trade[at]! - 1))
    for (let k = 0; k < own.length; k++) {
      let sum = own[k]!
      for (let n = 0; n < edges; n++) sum += share[n]! * logs[edge[k * edges + n]!]!
      marginal[k] = Math.exp(sum)
    }
  }
}

function candidatesOf(problem: ChainProblem, chains: readonly (readonly number[])[], spread: number): Candidates {
  const withAll = (u: number): ChainProblem => ({
    ...problem,
    tradeCosts: (problem.tradeCosts as readonly (readonly number[])[]).map((row, i) =>
      row.map((tau, j) => (i === j ? tau : 1 + (1 + spread * u) * (tau - 1)))),
  })
  const [lowest, highest] = [marginalCostOf(withAll(-1)), marginalCostOf(withAll(1))]
  const priced = chains.map((chain) => ({ chain, fixed: fixedCost(problem, chain), low: lowest(chain), high: highest(chain) }))
  const hull = lowerHull(priced.map(({ chain, fixed, high }) => labelOf(chain, high, fixed)))
  const kept = priced.filter(({ low, fixed }) => {
    const after = hull.findIndex(({ price }) => price > low)
    if (after === 0) return true
    if (after < 0) return fixed <= hull.at(-1)!.fixed
    const [left, right] = [hull[after - 1]!, hull[after]!]
    return fixed <= left.fixed + ((low - left.price) / (right.price - left.price)) * (right.fixed - left.fixed)
  }).sort((a, b) => a.fixed - b.fixed)
  return { chains: kept.map(({ chain }) => chain), fixed: Float64Array.from(kept, ({ fixed }) => fixed) }
}

function listChains(problem: ChainProblem): number[][] {
  const countries = problem.unitCosts[0]!.map((_, i) => i)
  return problem.valueAdded.reduce<number[][]>((chains) => chains.flatMap((chain) => countries.map((i) => [...chain, i])), [[]])
}

function check({ tradeForm, unitCosts, valueAdded }: ChainProblem, { spreads, draws, quantities }: UncertaintyOptions): void {
  const fail = (what: string, remedy: string): never => {
    throw new ReshoreError('ProblemError', `trade-policy uncertainty: ${what}.`, remedy, 2)
  }
  if (tradeForm !== 'iceberg') fail('shocks are defined for iceberg costs', "Give a problem with tradeForm 'iceberg'.")
  const outside = spreads.find((spread) => !(spread >= 0 && spread <= 1))
  if (outside !== undefined) fail(`a spread is ${outside}`, 'Give ζ̄ between 0 and 1, so that costs stay at 1 or above.')
  if (!(Number.isInteger(draws) && draws > 0)) fail(`${draws} draws`, 'Give a number of draws above 0.')
  if (quantities.some((quantity, k) => !(quantity > (quantities[k - 1] ?? 0)))) {
    fail('quantities do not rise from above 0', 'Sort them and leave out repeats.')
  }
  const chains = unitCosts[0]!.length ** valueAdded.length
  if (chains > CHAIN_LIMIT) {
    fail(`${chains} chains are too many to list (limit ${CHAIN_LIMIT})`, 'Solve shocked problems in bulk with solveChains instead.')
  }
}
