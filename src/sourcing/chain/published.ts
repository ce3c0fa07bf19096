/**
 * The two iterations of de Gortari (2020), for comparison: a sequence of 0–1 programs, each solved by a mixed-integer solver that the
 * caller passes in (`highs` in our tests and benchmark), so that nothing here depends on one.
 *
 * ζ^n_ij says that stage n is made in i and stage n + 1 in j; ζ^N_i that assembly is in i. With m additive along the chain (ln MC for
 * Cobb–Douglas, MC with additive costs):
 *
 *     min Σ m·ζ   subject to flow, Σ ζ^N = 1, Σ F·ζ < FC_max;   FC_max ← FC of the optimum; until infeasible
 *
 * or the mirror, min Σ F·ζ subject to Σ m·ζ < m_max. Both list the undominated chains; the envelope is their hull. A solver
 * cannot enforce the strict inequality: the bound is lowered by a gap above its feasibility tolerance.
 */
import type { ChainProblem, ChainSegment } from '../records.js'
import { envelopeOf } from './envelope.js'
import { downstreamShares, fixedCost, marginalCostOf, tradeByEdge } from './technology.js'

/** minimise cost'ζ subject to flow rows and one row that bounds the other cost; every ζ is 0 or 1. */
export interface FlowProgram {
  readonly columns: number
  readonly rows: number
  /** Rows of the constraint matrix, compressed: entries of row r are starts[r] … starts[r + 1]. The last row is the bounded cost. */
  readonly starts: Int32Array
  readonly indices: Int32Array
  readonly values: Float64Array
  /** Right-hand side of every row but the last, where the row equals it. */
  readonly equals: Float64Array
  readonly cost: Float64Array
}

export interface ProgramSession {
  /** Columns that are 1 at an optimum with the last row at most `limit`; null when there is none. */
  solve(limit: number): readonly number[] | null
  close(): void
}

export type OpenProgram = (program: FlowProgram) => ProgramSession

export interface PublishedPlan {
  readonly segments: readonly ChainSegment[]
  /** Chains in the order in which the iteration found them; the envelope is their hull. */
  readonly visited: readonly { readonly chain: readonly number[]; readonly marginalCost: number; readonly fixedCost: number }[]
  /** Programs solved, the infeasible last one included. */
  readonly programs: number
  /** False when the solver returned the same bound twice, so that the list may be short. */
  readonly converged: boolean
}

/** Relative step below the last bound: above a feasibility tolerance of 1e-9, below the gaps between chains. */
const GAP = 1e-8

/**
 * The envelope by the published iteration that minimises `'marginal-cost'` or `'fixed-cost'`.
 *
 * @param problem Cobb–Douglas with iceberg costs, or Leontief with additive costs; fixed costs paid per stage
 * @param open loads a program into a mixed-integer solver with zero optimality gap
 */
export function publishedIteration(problem: ChainProblem, minimise: 'marginal-cost' | 'fixed-cost', open: OpenProgram): PublishedPlan {
  const program = flowProgram(problem, minimise)
  const session = open(program)
  const bounded = program.values.subarray(program.starts[program.rows - 1]!)
  const range = Math.max(...bounded) - Math.min(...bounded, 0) || 1
  const chains: number[][] = []
  let limit = Infinity
  let programs = 0
  try {
    for (;;) {
      const chosen = session.solve(limit)
      programs++
      if (chosen === null) return planOf(problem, chains, programs, true)
      const attained = chosen.reduce((sum, column) => sum + bounded[column]!, 0)
      if (!(attained < limit + (GAP / 2) * range)) return planOf(problem, chains, programs, false)
      chains.push(chainOfColumns(chosen, problem))
      limit = attained - GAP * range
    }
  } finally {
    session.close()
  }
}

function planOf(problem: ChainProblem, chains: readonly number[][], programs: number, converged: boolean): PublishedPlan {
  const costOf = marginalCostOf(problem)
  const visited = chains.map((chain) => ({ chain, marginalCost: costOf(chain), fixedCost: fixedCost(problem, chain) }))
  return { segments: envelopeOf(problem, chains), visited, programs, converged }
}

/** Column of ζ^n_ij is (n·J + i)·J + j; of ζ^N_i it is (N−1)·J² + i. */
function flowProgram(problem: ChainProblem, minimise: 'marginal-cost' | 'fixed-cost'): FlowProgram {
  const stages = problem.valueAdded.length
  const J = problem.unitCosts[0]!.length
  const columns = (stages - 1) * J * J + J
  const { additive, fixed } = columnCosts(problem, columns)
  const starts = [0]
  const indices: number[] = []
  const values: number[] = []
  const closeRow = (): number => starts.push(indices.length)
  for (let n = 0; n < stages - 1; n++) {
    for (let j = 0; j < J; j++) {
      for (let i = 0; i < J; i++) add((n * J + i) * J + j, 1)
      if (n === stages - 2) add((stages - 1) * J * J + j, -1)
      else for (let k = 0; k < J; k++) add(((n + 1) * J + j) * J + k, -1)
      closeRow()
    }
  }
  for (let i = 0; i < J; i++) add((stages - 1) * J * J + i, 1)
  closeRow()
  const bounded = minimise === 'marginal-cost' ? fixed : additive
  bounded.forEach((cost, column) => add(column, cost))
  closeRow()
  const rows = starts.length - 1
  const equals = new Float64Array(rows - 1)
  equals[rows - 2] = 1
  return {
    columns, rows, equals, cost: minimise === 'marginal-cost' ? additive : fixed,
    starts: Int32Array.from(starts), indices: Int32Array.from(indices), values: Float64Array.from(values),
  }

  function add(column: number, value: number): void {
    indices.push(column)
    values.push(value)
  }
}

/** A stage's own costs sit on the columns that leave it. */
function columnCosts(problem: ChainProblem, columns: number): { additive: Float64Array; fixed: Float64Array } {
  const { valueAdded, unitCosts, fixedCosts, finalShipping } = problem
  const stages = valueAdded.length
  const J = unitCosts[0]!.length
  const logs = problem.tradeForm === 'iceberg'
  const measure = logs ? Math.log : (value: number): number => value
  const share = downstreamShares(valueAdded)
  const trade = tradeByEdge(problem)
  const additive = new Float64Array(columns)
  const fixed = new Float64Array(columns)
  for (let n = 0; n < stages; n++) {
    for (let i = 0; i < J; i++) {
      const own = valueAdded[n]! * share[n]! * measure(unitCosts[n]![i]!)
      const first = n === stages - 1 ? (stages - 1) * J * J + i : (n * J + i) * J
      const width = n === stages - 1 ? 1 : J
      for (let j = 0; j < width; j++) {
        const edge = n === stages - 1 ? finalShipping?.[i] : trade[n]![i]![j]!
        additive[first + j] = own + (edge === undefined ? 0 : (logs ? share[n]! : 1) * measure(edge))
        fixed[first + j] = fixedCosts[n]![i]!
      }
    }
  }
  return { additive, fixed }
}

function chainOfColumns(chosen: readonly number[], problem: ChainProblem): number[] {
  const stages = problem.valueAdded.length
  const J = problem.unitCosts[0]!.length
  const chain = new Array<number>(stages).fill(0)
  for (const column of chosen) {
    if (column >= (stages - 1) * J * J) chain[stages - 1] = column - (stages - 1) * J * J
    else chain[Math.floor(column / (J * J))] = Math.floor(column / J) % J
  }
  return chain
}
