import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readChainProblem, solveChain } from '../../src/sourcing/chain/index.js'
import type { ChainProblem, Technology } from '../../src/sourcing/records.js'
import { closedFormCost, enumeratedEnvelope } from '../sourcing/chain/enumeration.js'

const RUNS = 1000
/** Product form against recursion: a few roundings. */
const COST_TOLERANCE = 1e-12
/** Quantities are ratios of small differences: the roundings of cost over the smallest gap the draws leave. */
const QUANTITY_TOLERANCE = 1e-7

/** Unbiased draws: ties, which fast-check would seek out, have their own test below. */
const between = (low: number, high: number) => fc.noBias(fc.nat(2 ** 30)).map((draw) => low + ((high - low) * draw) / 2 ** 30)
const rows = (count: number, width: number, entry: fc.Arbitrary<number>) =>
  fc.array(fc.array(entry, { minLength: width, maxLength: width }), { minLength: count, maxLength: count })

interface Variant {
  readonly technology: Technology
  readonly tradeForm: ChainProblem['tradeForm']
  readonly shipped: boolean
  readonly paid: ChainProblem['fixedCostsPaid']
  readonly tradeByStage?: boolean
}

const variants: Variant[] = (['stage', 'country'] as const).flatMap((paid) => [false, true].flatMap((shipped) => [
  ...(['cobb-douglas', 'leontief', { ces: 0.4 }, { ces: 3 }] as const).map((technology) => ({ technology, tradeForm: 'iceberg' as const, shipped, paid })),
  ...[false, true].map((tradeByStage) => ({ technology: 'leontief' as const, tradeForm: 'additive' as const, shipped, paid, tradeByStage })),
]))

function problems({ technology, tradeForm, shipped, paid, tradeByStage }: Variant): fc.Arbitrary<ChainProblem> {
  return fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })).chain(([stages, countries]) => {
    const trade = tradeForm === 'iceberg' ? between(1, 2) : between(0, 1)
    const matrix = rows(countries, countries, trade)
    return fc.record({
      valueAdded: fc.array(between(0.05, 0.95), { minLength: stages - 1, maxLength: stages - 1 }).map((rest) => [1, ...rest]),
      unitCosts: rows(stages, countries, between(1, 2)),
      tradeCosts: tradeByStage ? fc.array(matrix, { minLength: stages - 1, maxLength: stages - 1 }) : matrix,
      tradeForm: fc.constant(tradeForm),
      fixedCosts: paid === 'stage' ? rows(stages, countries, between(0, 1)) : rows(1, countries, between(0, 1)).map(([row]) => Array.from({ length: stages }, () => row!)),
      ...(shipped ? { finalShipping: rows(1, countries, trade).map(([row]) => row!) } : {}),
      technology: fc.constant(technology),
      fixedCostsPaid: fc.constant(paid),
    }) as fc.Arbitrary<ChainProblem>
  })
}

const nameOf = ({ technology, tradeForm, shipped, paid, tradeByStage }: Variant): string =>
  `${JSON.stringify(technology)}, ${tradeForm}${tradeByStage ? ' by stage' : ''}, ${shipped ? 'shipped' : 'sold where assembled'}, paid per ${paid}`

describe('the envelope equals enumeration', () => {
  it.each(variants.map((variant) => [nameOf(variant), variant] as const))('%s', (_, variant) => {
    fc.assert(fc.property(problems(variant), (problem) => {
      const { segments } = solveChain(readChainProblem(problem))
      const oracle = enumeratedEnvelope(problem)
      // One call of expect for all segments: in these loops it would take longer than the solver.
      expect([...segments.map(({ from }) => from), null]).toEqual([0, ...segments.map(({ to }) => to)])
      expect(Math.max(...segments.map(({ marginalCost, chain }) => Math.abs(marginalCost / closedFormCost(problem, chain) - 1)))).toBeLessThan(COST_TOLERANCE / 2)
      expect(Math.max(...checkpoints(oracle).map((quantity) => relativeGap(costAt(segments, quantity), costAt(oracle, quantity))))).toBeLessThan(COST_TOLERANCE)
      const wide = oracle.filter(({ from, to }) => to === null || to > from * (1 + QUANTITY_TOLERANCE))
      expect(segments.map(({ chain }) => chain)).toEqual(expect.arrayContaining(wide.map(({ chain }) => chain)))
      expect(segments.length).toBeLessThanOrEqual(oracle.length)
    }), { numRuns: RUNS, seed: 20_200 })
  })
})

describe('ties', () => {
  /** Small integers and halves: every sum and product is exact, so chains tie exactly, often three on a line. */
  const exact = fc.record({
    valueAdded: fc.constant([1, 0.5, 0.5]),
    unitCosts: rows(3, 3, fc.nat(4)),
    tradeCosts: rows(3, 3, fc.nat(2)),
    tradeForm: fc.constant('additive' as const),
    fixedCosts: rows(3, 3, fc.nat(3)),
    technology: fc.constant('leontief' as const),
    fixedCostsPaid: fc.constant('stage' as const),
  })

  it('go to the first chain in lexicographic order, and a chain optimal at one quantity only is left out', () => {
    fc.assert(fc.property(exact, (problem) => {
      expect(solveChain(readChainProblem(problem)).segments).toEqual(enumeratedEnvelope(problem))
    }), { numRuns: RUNS, seed: 20_201 })
  })

  it('go to the first chain in lexicographic order when countries are paid once', () => {
    fc.assert(fc.property(exact, (problem) => {
      const paidOnce = { ...problem, fixedCostsPaid: 'country' as const, fixedCosts: problem.fixedCosts.map(() => problem.fixedCosts[0]!) }
      expect(solveChain(readChainProblem(paidOnce)).segments).toEqual(enumeratedEnvelope(paidOnce))
    }), { numRuns: RUNS, seed: 20_202 })
  })

  it('go to the first chain also where a stage that uses no input hides what came before', () => {
    const twice = { valueAdded: [1, 1, 0.5], unitCosts: [[3, 1, 2], [1, 1, 1], [1, 1, 1]], tradeCosts: [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
      tradeForm: 'iceberg', fixedCosts: [[1, 1, 1], [0, 0, 0], [0, 0, 0]], technology: { ces: 2 }, fixedCostsPaid: 'stage' }
    expect(solveChain(readChainProblem(twice)).segments).toEqual([{ chain: [0, 0, 0], marginalCost: 1, fixedCost: 1, from: 0, to: null }])
  })
})

interface Piece { readonly marginalCost: number; readonly fixedCost: number; readonly from: number; readonly to: number | null }

const costAt = (pieces: readonly Piece[], quantity: number): number => {
  const piece = pieces.find(({ to }) => to === null || to >= quantity)!
  return quantity * piece.marginalCost + piece.fixedCost
}

/** The middle and the ends of every segment. */
const checkpoints = (pieces: readonly Piece[]): number[] =>
  pieces.flatMap(({ from, to }) => [from, to === null ? from * 2 + 1 : (from + to) / 2, to ?? from * 100 + 100])

const relativeGap = (a: number, b: number): number => Math.abs(a - b) / (1 + Math.abs(b))
