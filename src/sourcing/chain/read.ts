/**
 * Chain problem documents (`reshore solve chain --problem FILE.json`): types, signs, and lengths against each other.
 *
 * Stages run from upstream to assembly, N = number of stages, J = number of countries.
 */
import { z } from 'zod'
import { matrixOf, nonNegative, positive, problemError, readDocument, requireLength, requireShape } from '../document.js'
import type { ChainProblem } from '../records.js'

const KIND = 'chain'
const ALPHA_TOLERANCE = 1e-12

const chainSchema = z.strictObject({
  valueAdded: z.array(z.number().gt(0).max(1)).min(1),
  unitCosts: z.array(z.array(nonNegative)).min(1),
  tradeCosts: z.array(z.unknown()),
  tradeForm: z.enum(['iceberg', 'additive']),
  fixedCosts: matrixOf(nonNegative),
  finalShipping: z.array(nonNegative).optional(),
  technology: z.union([z.literal('cobb-douglas'), z.literal('leontief'), z.strictObject({ ces: positive })], {
    error: "must be 'cobb-douglas', 'leontief' or {\"ces\": σ} with σ > 0 and not 1",
  }),
  fixedCostsPaid: z.enum(['stage', 'country']),
})

/**
 * The chain problem a document states: `valueAdded` of length N with `valueAdded[0] = 1`; `unitCosts` and `fixedCosts` N × J;
 * `tradeCosts` J × J, or (N−1) × J × J with additive costs, where `tradeCosts[n]` is the edge that leaves stage n (a single stage may
 * leave it empty); `finalShipping` of length J. Iceberg factors are at least 1, additive costs at least 0.
 *
 * @throws ProblemError (exit code 2) naming the place of the first fault
 * @example const problem = readChainProblem(JSON.parse(text))
 */
export function readChainProblem(document: unknown): ChainProblem {
  const read = readDocument(KIND, chainSchema, document)
  const stages = read.valueAdded.length
  const countries = read.unitCosts[0]!.length
  checkTechnology(read)
  if (Math.abs(read.valueAdded[0]! - 1) > ALPHA_TOLERANCE) {
    throw problemError(KIND, ['valueAdded', 0], `is ${read.valueAdded[0]} and must be 1`,
      'Stage 0 is the most upstream and uses no input: its value added is all of it.')
  }
  if (countries === 0) throw problemError(KIND, ['unitCosts', 0], 'is empty: a chain needs at least one country')
  requireShape(KIND, read.unitCosts, [stages, countries], ['unitCosts'],
    'one row a stage (as valueAdded), one column a country (as unitCosts[0])')
  requireShape(KIND, read.fixedCosts, [stages, countries], ['fixedCosts'], 'the shape of unitCosts')
  if (read.finalShipping) requireLength(KIND, read.finalShipping, countries, ['finalShipping'], 'one number a country')
  if (read.technology !== 'leontief') checkPositive(read.unitCosts)
  const tradeCosts = readTradeCosts(read.tradeCosts, stages, countries, read.tradeForm)
  if (read.tradeForm === 'iceberg') checkIceberg(tradeCosts as number[][], read.finalShipping)
  if (read.fixedCostsPaid === 'country') checkRowsEqual(read.fixedCosts)
  return { ...read, tradeCosts }
}

function checkTechnology(read: Pick<ChainProblem, 'technology' | 'tradeForm'>): void {
  if (typeof read.technology === 'object' && read.technology.ces === 1) {
    throw problemError(KIND, ['technology', 'ces'], 'is 1, where the CES form is not defined', "Use 'cobb-douglas', its limit.")
  }
  if (read.tradeForm === 'additive' && read.technology !== 'leontief') {
    throw problemError(KIND, ['tradeForm'], "is 'additive', which holds with technology 'leontief' only",
      "Set tradeForm to 'iceberg' or technology to 'leontief'.")
  }
}

/** Cobb–Douglas and CES prices are not defined (or zero for every chain) at a zero unit cost. */
function checkPositive(unitCosts: readonly (readonly number[])[]): void {
  unitCosts.forEach((row, n) => {
    const i = row.indexOf(0)
    if (i >= 0) throw problemError(KIND, ['unitCosts', n, i], 'is 0; Cobb–Douglas and CES stages need unit costs above 0')
  })
}

function readTradeCosts(
  tradeCosts: readonly unknown[], stages: number, countries: number, form: ChainProblem['tradeForm'],
): ChainProblem['tradeCosts'] {
  if (stages === 1 && tradeCosts.length === 0) return []
  const first = tradeCosts[0]
  const byStage = Array.isArray(first) && Array.isArray(first[0])
  if (!byStage) {
    const matrix = readDocument(KIND, matrixOf(nonNegative), tradeCosts, ['tradeCosts'])
    requireShape(KIND, matrix, [countries, countries], ['tradeCosts'], 'country by country')
    return matrix
  }
  if (form === 'iceberg') {
    throw problemError(KIND, ['tradeCosts'], 'is [n][i][j], which holds with additive costs only', 'Give one matrix [i][j].')
  }
  const matrices = readDocument(KIND, z.array(matrixOf(nonNegative)), tradeCosts, ['tradeCosts'])
  requireLength(KIND, matrices, stages - 1, ['tradeCosts'], 'one matrix for the edge that leaves each stage but the last')
  matrices.forEach((matrix, n) => requireShape(KIND, matrix, [countries, countries], ['tradeCosts', n], 'country by country'))
  return matrices
}

function checkIceberg(tradeCosts: readonly (readonly number[])[], finalShipping: readonly number[] | undefined): void {
  const fail = (at: (string | number)[], value: number): never => {
    throw problemError(KIND, at, `is ${value}; an iceberg cost is the factor shipped per unit that arrives, at least 1`,
      'Write 1.2 for a cost of 20 percent.')
  }
  tradeCosts.forEach((row, i) => row.forEach((value, j) => value < 1 && fail(['tradeCosts', i, j], value)))
  finalShipping?.forEach((value, i) => value < 1 && fail(['finalShipping', i], value))
}

function checkRowsEqual(fixedCosts: readonly (readonly number[])[]): void {
  fixedCosts.forEach((row, n) => row.forEach((value, i) => {
    if (value === fixedCosts[0]![i]) return
    throw problemError(KIND, ['fixedCosts', n, i],
      `is ${value} and fixedCosts[0][${i}] is ${fixedCosts[0]![i]}; costs paid once per country cannot differ between stages`,
      "Repeat one row for every stage, or set fixedCostsPaid to 'stage'.")
  }))
}
