/**
 * A linear fit seen from its shocks. With Z̈ and D̈ the shift-share variable and the regressor it stands for without the controls (the same
 * column in `ols`), e the residuals and ω the weights, all that shift-share inference needs of the rows are sums over the rows of a unit.
 */
import { ReshoreError } from '../../../errors.js'
import { orthogonalResiduals } from '../../../numerics/orthogonalResiduals.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import { demean } from '../../design/absorb.js'
import type { ScoreData } from '../../records.js'
import { requireCells } from '../requireCells.js'
import { keyNames, type ShiftShareDesign, type SparseShares } from './shares.js'

export interface Exposure {
  /** Position of the coefficient. */
  readonly coefficient: number
  /** Σ ω Z̈ D̈ over rows. */
  readonly moment: number
  /** By unit of the shares: Σ ω, Σ ω Z̈, Σ ω D̈, Σ ω e over its rows. */
  readonly weight: Float64Array
  readonly variable: Float64Array
  readonly regressor: Float64Array
  readonly residual: Float64Array
  /** Units without a row of shares, taken as exposed to nothing. */
  readonly absent: number
  /** Rows whose share sums differ from one, and whether the controls span the sum: what is missing has a shock of its own otherwise. */
  readonly incomplete: boolean
  readonly sumControlled: boolean
}

/** A row counts as incomplete from here. */
const completeness = 1e-6

/** The exposure of a linear fit. Throws a `ShiftShareError` where the fit has no such variable, a `ShareError` for units without shares. */
export function exposureOf(design: ShiftShareDesign, shares: SparseShares, scores: ScoreData): Exposure {
  const { coefficient, variable, regressor, controls } = partialledColumns(design, scores)
  const { linear, unit: rows } = scores
  const { rowUnit, units, known } = shares
  requireCells('ShareError', `the unit \`${keyNames(design.unit).join(' ')}\``, rows, (row) => rowUnit[row]! < 0)
  const absent = new Set(Array.from(rows.filter((row) => known[rowUnit[row]!] === 0), (row) => rowUnit[row]!))
  if (absent.size > 0 && design.shares.absent !== 'zero') {
    const first = rows.find((row) => known[rowUnit[row]!] === 0)!
    throw new ReshoreError('ShareError', `${absent.size} ${absent.size === 1 ? 'unit has' : 'units have'} no shares, the first is ${units[rowUnit[first]!]} in row ${first + 1}`,
      "Give a unit that is exposed to nothing a row with share 0, or take absent: 'zero' where all of them are.")
  }
  const weights = linear!.weights
  const total = shareSums(shares)
  const sums = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) sums[i] = total[rowUnit[rows[i]!]!]!
  const within = scores.absorbed.length > 0 ? demean([sums], scores.absorbed, weights)[0]! : sums
  const [Z, D, sumLeft] = orthogonalResiduals([variable, regressor, within], controls, weights)
  const moment = weightedDot(Z!, D!, weights)
  if (!(Math.abs(moment) > 1e-12 * Math.sqrt(weightedDot(Z!, Z!, weights) * weightedDot(D!, D!, weights)))) {
    throw new ReshoreError('ShiftShareError', `\`${design.variable}\` does not move the regressor once the controls are taken out`, 'Look for controls that span the shift-share variable.')
  }
  const byUnit = (values?: Float64Array): Float64Array => {
    const result = new Float64Array(units.length)
    for (let i = 0; i < rows.length; i++) result[rowUnit[rows[i]!]!]! += (weights ? weights[i]! : 1) * (values ? values[i]! : 1)
    return result
  }
  return {
    coefficient,
    moment,
    weight: byUnit(),
    variable: byUnit(Z),
    regressor: byUnit(D),
    residual: byUnit(linear!.residuals),
    absent: absent.size,
    incomplete: sums.some((sum) => Math.abs(sum - 1) > completeness),
    sumControlled: weightedDot(sumLeft!, sumLeft!, weights) <= completeness ** 2 * weightedDot(sums, sums, weights),
  }
}

/** Σ_s w_is by unit. */
function shareSums({ start, share, units }: SparseShares): Float64Array {
  const sums = new Float64Array(units.length)
  for (let unit = 0; unit < units.length; unit++) for (let at = start[unit]!; at < start[unit + 1]!; at++) sums[unit]! += share[at]!
  return sums
}

interface PartialledColumns {
  readonly coefficient: number
  readonly variable: Float64Array
  readonly regressor: Float64Array
  readonly controls: readonly Float64Array[]
}

/** Columns of the fit after absorption. In `iv` the one endogenous regressor is the last term. */
function partialledColumns({ variable: name }: ShiftShareDesign, { linear, parameters: k, rows }: ScoreData): PartialledColumns {
  if (!linear) throw new ReshoreError('ShiftShareError', 'only linear models have a shift-share covariance', 'Use ols or iv, or cluster() for other models.')
  const { regressors, instruments, terms, instrumentTerms } = linear
  const columnOf = (matrix: Float64Array, width: number, j: number): Float64Array => {
    const column = new Float64Array(rows)
    for (let row = 0; row < rows; row++) column[row] = matrix[row * width + j]!
    return column
  }
  const width = instruments ? Math.round(instruments.length / rows) : 0
  const candidates = instruments ? instrumentTerms : terms
  if (width > 1) {
    throw new ReshoreError('ShiftShareError', `the model has ${width} instruments`, 'A shift-share covariance takes one instrument for one endogenous regressor: estimate with the shift-share one alone.')
  }
  const position = candidates ? candidates.indexOf(name) : width - 1
  if (position < 0) {
    throw new ReshoreError('ShiftShareError', `\`${name}\` is no ${instruments ? 'instrument' : 'regressor'} of the fit`, `${instruments ? 'Instruments' : 'Terms'}: ${(candidates ?? []).join(', ')}.`)
  }
  const coefficient = instruments ? k - 1 : position
  const columns = Array.from({ length: k }, (_, j) => columnOf(regressors, k, j))
  return {
    coefficient,
    variable: instruments ? columnOf(instruments, 1, 0) : columns[position]!,
    regressor: columns[coefficient]!,
    controls: columns.filter((_, j) => j !== coefficient),
  }
}
