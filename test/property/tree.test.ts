/** Trees against enumeration on random small instances: one τ, the τ-path, and the envelope over quantity with fixed costs. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Technology, TreeEnvelope, TreePath, TreePlan, TreeProblem } from '../../src/sourcing/records.js'
import { readTreeProblem, solveTree } from '../../src/sourcing/tree/index.js'
import { allocationCost, allocations, lowerEnvelope, parentsOf, unitAndFixedCost } from '../sourcing/tree/enumeration.js'

const RUNS = 1000
/** A few roundings of sums of about ten numbers. */
const COST_TOLERANCE = 1e-12
/** Breakpoints are ratios of small differences: roundings of cost over the smallest gap the draws leave. */
const BREAKPOINT_TOLERANCE = 1e-7
/** Allocations are compared where the second best costs more by this much. */
const UNIQUE_BY = 1e-9

/** Unbiased draws; ties are sought by the integer draws. */
const between = (low: number, high: number) => fc.noBias(fc.nat(2 ** 30)).map((draw) => low + ((high - low) * draw) / 2 ** 30)
const rows = (count: number, width: number, entry: fc.Arbitrary<number>) =>
  fc.array(fc.array(entry, { minLength: width, maxLength: width }), { minLength: count, maxLength: count })

/** Any tree of up to six nodes: parents earlier or later than their parts. */
const parentsOfAnyTree = fc.integer({ min: 1, max: 6 }).chain((nodes) =>
  fc.tuple(fc.tuple(...Array.from({ length: nodes }, (_, v) => fc.nat(Math.max(v - 1, 0)))), fc.shuffledSubarray(Array.from({ length: nodes - 1 }, (_, v) => v + 1), { minLength: nodes - 1 }))
    .map(([earlier, names]) => {
      const renamed = [0, ...names]
      const parents = new Array<number>(nodes).fill(-1)
      for (let v = 1; v < nodes; v++) parents[renamed[v]!] = renamed[earlier[v]!]!
      return parents
    }))

function problems(form: TreeProblem['form'], entry: fc.Arbitrary<number>, tau: TreeProblem['tau'] | fc.Arbitrary<number>): fc.Arbitrary<TreeProblem> {
  return fc.tuple(parentsOfAnyTree, fc.integer({ min: 1, max: 3 })).chain(([parents, countries]) => fc.record({
    parents: fc.constant(parents),
    costs: rows(parents.length, countries, entry),
    tradeCosts: rows(countries, countries, entry).map((matrix) => matrix.map((row, k) => row.map((cost, l) => (k === l ? 0 : cost)))),
    form: fc.constant(form),
    destination: fc.option(fc.nat(countries - 1)),
    finalShipping: fc.option(rows(1, countries, entry).map(([row]) => row!), { nil: undefined }),
    tau: tau instanceof fc.Arbitrary ? tau : fc.constant(tau),
  })).map(({ finalShipping, ...rest }) => (finalShipping === undefined ? rest : { ...rest, finalShipping }) as TreeProblem)
}

const real = between(0, 4)
const whole = fc.nat(3)

describe.each([['specific'], ['iceberg']] as const)('%s trees at one τ', (form) => {
  it.each([['real', real], ['whole', whole]] as const)('equal enumeration with %s costs', (_, entry) => {
    fc.assert(fc.property(problems(form, entry, between(0.01, 3)), (problem) => {
      const tau = problem.tau as number
      const [solution] = (solveTree(readTreeProblem(problem)) as TreePlan).solutions
      const all = [...allocations(problem)].map((location) => ({ location, ...allocationCost(problem, location, tau) }))
      const least = Math.min(...all.map(({ cost }) => cost))
      const scale = COST_TOLERANCE * Math.max(1, least)
      expect(Math.abs(solution!.cost - least)).toBeLessThanOrEqual(scale)
      const best = all.filter(({ cost }) => cost <= least + UNIQUE_BY)
      const mine = best.find(({ location }) => location.every((k, v) => k === solution!.location[v]))
      expect(mine).toBeDefined()
      expect(Math.abs(solution!.productionCost - mine!.productionCost)).toBeLessThanOrEqual(scale)
      expect(Math.abs(solution!.transportQuantity - mine!.transportQuantity)).toBeLessThanOrEqual(scale / tau)
    }), { numRuns: RUNS, seed: 1 })
  })
})

describe('specific trees along τ', () => {
  it.each([['real', real], ['whole', whole]] as const)('equal enumeration with %s costs', (_, entry) => {
    fc.assert(fc.property(problems('specific', entry, 'path'), (problem) => {
      const path = solveTree(readTreeProblem(problem)) as TreePath
      const lines = [...allocations(problem)].map((location) => {
        const { productionCost, transportQuantity } = allocationCost(problem, location, 0)
        return { location, base: productionCost, slope: transportQuantity }
      })
      const oracle = lowerEnvelope(lines)
      expect(path.segments.length).toBe(oracle.length)
      expect(path.breakpoints).toEqual(path.segments.slice(1).map(({ from }) => from))
      path.segments.forEach((segment, i) => {
        expect(Math.abs(segment.from - oracle[i]!.from)).toBeLessThanOrEqual(BREAKPOINT_TOLERANCE * Math.max(1, segment.from))
        expect(segment.to).toBe(path.segments[i + 1]?.from ?? null)
        expect(Math.abs(segment.productionCost - oracle[i]!.line.base)).toBeLessThanOrEqual(COST_TOLERANCE * Math.max(1, segment.productionCost))
        expect(Math.abs(segment.transportQuantity - oracle[i]!.line.slope)).toBeLessThanOrEqual(COST_TOLERANCE * Math.max(1, segment.transportQuantity))
        const own = allocationCost(problem, segment.location, 1)
        expect(own.productionCost).toBeCloseTo(segment.productionCost, 11)
        expect(own.transportQuantity).toBeCloseTo(segment.transportQuantity, 11)
      })
      const returns = problem.costs.flatMap((_, v) => (leavesAndReturns(path.segments.map(({ location }) => location[v]!)) ? [v] : []))
      expect(path.reshored).toEqual(returns)
    }), { numRuns: RUNS, seed: 2 })
  })
})

const leavesAndReturns = (visits: readonly number[]): boolean =>
  visits.some((k, i) => visits.some((other, j) => j > i && other !== k && visits.indexOf(k, j) > j))

describe('trees with fixed costs', () => {
  const technologies: ('additive' | Technology)[] = ['additive', 'cobb-douglas', 'leontief', { ces: 0 }, { ces: 0.5 }, { ces: 3 }]
  it.each(technologies.map((technology) => [JSON.stringify(technology), technology] as const))('%s equals enumeration', (_, technology) => {
    const withFixed = problems(technology === 'additive' ? 'specific' : 'iceberg', between(0.5, 2), between(0, 1)).chain((problem) => fc.record({
      fixedCosts: rows(problem.costs.length, problem.costs[0]!.length, between(0, 1)),
      valueAdded: between(0.05, 0.95),
    }).map(({ fixedCosts, valueAdded }) => ({ ...problem, technology, fixedCosts, ...(technology === 'additive' ? {} : { valueAdded }) }) as TreeProblem))
    fc.assert(fc.property(withFixed, (problem) => {
      const { segments } = solveTree(readTreeProblem(problem)) as TreeEnvelope
      const oracle = lowerEnvelope([...allocations(problem)].map((location) => {
        const { price, fixed } = unitAndFixedCost(problem, location)
        return { location, base: fixed, slope: price }
      }))
      expect(segments.map(({ location }) => location)).toEqual(oracle.map(({ line }) => line.location))
      segments.forEach((segment, i) => {
        expect(Math.abs(segment.marginalCost / oracle[i]!.line.slope - 1)).toBeLessThanOrEqual(COST_TOLERANCE)
        expect(Math.abs(segment.fixedCost - oracle[i]!.line.base)).toBeLessThanOrEqual(COST_TOLERANCE * Math.max(1, segment.fixedCost))
        expect(Math.abs(segment.from - oracle[i]!.from)).toBeLessThanOrEqual(BREAKPOINT_TOLERANCE * Math.max(1, segment.from))
        expect(segment.to).toBe(segments[i + 1]?.from ?? null)
      })
    }), { numRuns: RUNS, seed: 3 })
  })
})

/** Labels that no other label beats in price and fixed cost together; more than the hull keeps, and with no appeal to concavity. */
function undominated(labels: readonly Label[]): Label[] {
  const sorted = [...labels].sort((a, b) => a.fixed - b.fixed || a.price - b.price)
  const kept: Label[] = []
  for (const label of sorted) if (kept.length === 0 || label.price < kept.at(-1)!.price) kept.push(label)
  return kept
}

interface Label { readonly price: number; readonly fixed: number }

/** All undominated (unit cost, fixed cost) of a CES tree: prices of parts are combined only when all are in. */
function paretoFront(problem: TreeProblem, sigma: number): Label[] {
  const { costs, fixedCosts, tradeCosts, valueAdded, tau, destination } = problem
  const parents = parentsOf(problem)
  const power = 1 - sigma
  const made = (v: number, k: number): Label[] => {
    const parts = parents.flatMap((parent, child) => (child > 0 && parent === v ? [child] : []))
    const own = costs[v]![k]!
    if (parts.length === 0) return [{ price: own, fixed: fixedCosts![v]![k]! }]
    const combined = parts.reduce<Label[]>((before, part) => {
      const delivered = undominated(costs[part]!.flatMap((_, j) => made(part, j).map(({ price, fixed }) => ({ price: price * (1 + (tau as number) * tradeCosts[j]![k]!), fixed }))))
      return before.flatMap((a) => delivered.map((b) => ({ price: a.price + ((1 - valueAdded!) / parts.length) * b.price ** power, fixed: a.fixed + b.fixed })))
    }, [{ price: valueAdded! * own ** power, fixed: fixedCosts![v]![k]! }])
    return undominated(combined.map(({ price, fixed }) => ({ price: price ** (1 / power), fixed })))
  }
  return undominated(costs[0]!.flatMap((_, k) => (destination === null || destination === k ? made(0, k) : [])))
}

describe('hull labels', () => {
  it.each([0.3, 2, 6])('lose nothing that all undominated labels keep: CES trees of nine parts, σ = %f', (sigma) => {
    const tree = { order: undefined, length: undefined, parents: [-1, 0, 0, 1, 1, 2, 2, 3, 5] }
    const withFixed = fc.record({
      costs: rows(9, 3, between(0.5, 2)), fixedCosts: rows(9, 3, between(0, 0.3)), tradeCosts: rows(3, 3, between(0, 1)),
      destination: fc.option(fc.nat(2)), valueAdded: between(0.1, 0.6),
    }).map((drawn): TreeProblem => ({ ...tree, ...drawn, form: 'iceberg', tau: 1, technology: { ces: sigma } }))
    fc.assert(fc.property(withFixed, (problem) => {
      const { segments } = solveTree(readTreeProblem(problem)) as TreeEnvelope
      const oracle = lowerEnvelope(paretoFront(problem, sigma).map(({ price, fixed }) => ({ location: [], base: fixed, slope: price })))
      expect(segments.length).toBe(oracle.length)
      segments.forEach(({ marginalCost, fixedCost }, i) => {
        expect(Math.abs(marginalCost / oracle[i]!.line.slope - 1)).toBeLessThanOrEqual(COST_TOLERANCE)
        expect(Math.abs(fixedCost - oracle[i]!.line.base)).toBeLessThanOrEqual(COST_TOLERANCE * Math.max(1, fixedCost))
      })
    }), { numRuns: RUNS / 20, seed: 4 })
  })
})
