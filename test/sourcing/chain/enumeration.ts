/**
 * The oracle of the chain tests: every chain's cost by the closed forms of de Gortari (2020), and the envelope by walking from
 * q → 0 to the nearest crossing. Shares nothing with the solver.
 */
import type { ChainProblem } from '../../../src/sourcing/records.js'

export interface EnumeratedSegment {
  readonly chain: readonly number[]
  readonly marginalCost: number
  readonly fixedCost: number
  readonly from: number
  readonly to: number | null
}

export function enumeratedEnvelope(problem: ChainProblem): EnumeratedSegment[] {
  const lines = allChains(problem).map((chain) => ({ chain, marginalCost: closedFormCost(problem, chain), fixedCost: paidFixedCost(problem, chain) }))
  let current = lines.reduce((best, line) => (line.fixedCost < best.fixedCost || (line.fixedCost === best.fixedCost && line.marginalCost < best.marginalCost) ? line : best))
  const segments: EnumeratedSegment[] = []
  for (let from = 0; ; ) {
    const next = lines
      .filter((line) => line.marginalCost < current.marginalCost)
      .map((line) => ({ line, at: (line.fixedCost - current.fixedCost) / (current.marginalCost - line.marginalCost) }))
      .reduce<{ line: typeof current; at: number } | undefined>((best, other) => (
        !best || other.at < best.at || (other.at === best.at && other.line.marginalCost < best.line.marginalCost) ? other : best), undefined)
    segments.push({ ...current, from, to: next?.at ?? null })
    if (!next) return segments
    from = next.at
    current = next.line
  }
}

/** Chains in lexicographic order. */
export function allChains(problem: ChainProblem): number[][] {
  const countries = problem.unitCosts[0]!.map((_, i) => i)
  return problem.valueAdded.reduce<number[][]>((chains) => chains.flatMap((chain) => countries.map((i) => [...chain, i])), [[]])
}

/** MC of the paper, not by recursion. */
export function closedFormCost(problem: ChainProblem, chain: readonly number[]): number {
  const { valueAdded: alpha, technology, tradeForm, finalShipping } = problem
  const stages = chain.map((_, n) => n)
  const last = stages.length - 1
  const beta = stages.map((n) => alpha.slice(n + 1).reduce((product, share) => product * (1 - share), 1))
  const own = stages.map((n) => problem.unitCosts[n]![chain[n]!]!)
  const ship = finalShipping?.[chain[last]!]
  const trade = stages.slice(0, last).map((n) => {
    const matrix = (Array.isArray(problem.tradeCosts[0]![0]) ? problem.tradeCosts[n] : problem.tradeCosts) as readonly (readonly number[])[]
    return matrix[chain[n]!]![chain[n + 1]!]!
  })
  if (tradeForm === 'additive') {
    return sum(stages.map((n) => alpha[n]! * beta[n]! * own[n]!)) + sum(trade) + (ship ?? 0)
  }
  const shipped = stages.map((n) => trade.slice(n).reduce((product, tau) => product * tau, 1))
  const weight = stages.map((n) => alpha[n]! * beta[n]!)
  if (technology === 'cobb-douglas') {
    return stages.reduce((product, n) => product * own[n]! ** weight[n]! * (n < last ? trade[n]! ** beta[n]! : 1), 1) * (ship ?? 1)
  }
  const power = technology === 'leontief' ? 1 : 1 - technology.ces
  return sum(stages.map((n) => weight[n]! * (own[n]! * shipped[n]!) ** power)) ** (1 / power) * (ship ?? 1)
}

function paidFixedCost(problem: ChainProblem, chain: readonly number[]): number {
  if (problem.fixedCostsPaid === 'stage') return sum(chain.map((country, n) => problem.fixedCosts[n]![country]!))
  return sum([...new Set(chain)].map((country) => problem.fixedCosts[0]![country]!))
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
