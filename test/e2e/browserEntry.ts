/**
 * What the browser test runs on both sides: every family of solvers once, the WebAssembly kernel among them. It compares choices:
 * the last bit of a power is the engine's own.
 */
import { kernelsSupported } from '../../src/numerics/kernel.js'
import { chainAt, chainMarket, drawChains, solveChain, solveChains, solveSelection, solveSuppliersProblem, solveTree } from '../../src/sourcing/index.js'
import type { SuppliersFirms } from '../../src/sourcing/records.js'

export function browserNumbers() {
  const batch = drawChains({ seed: 1, stages: 4, countries: 7 }, 0, 20)
  const { chains, first } = solveChains(batch)
  const plan = solveChain(chainAt(batch, 3))
  return {
    kernelsSupported, chains: Array.from(chains), first: Array.from(first), plan: plan.segments.map(({ chain }) => chain),
    market: chainMarket(plan, { scale: 50, elasticity: 3 }, 'average-cost').selected,
    selection: solveSelection({
      alpha: 0.7, mu: 0.4, deathRate: 0.1, entryCost: 1, domesticCost: 0.1, offshoringCost: 0.12, intensity: 0.51, wageGap: 2, distribution: { pareto: { shape: 4, minimum: 1 } },
    }).regime,
    tree: solveTree({ order: 1, length: 3, costs: [[2, 8], [7, 5], [2, 8]], tradeCosts: [[0, 1], [1, 0]], form: 'specific', destination: null, tau: 'path' }),
    suppliers: (solveSuppliersProblem({ scale: [1, 3], industries: [{ exponent: 1.5, base: 1, potential: [0.5, 0.4, 0.1], fixedCosts: [0.2, 0.1, 0.3] }] }) as SuppliersFirms).firms.map(({ sets }) => sets),
  }
}
