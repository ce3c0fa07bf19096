/**
 * Balance of a shift-share design (Borusyak, Hull and Jaravel 2022, section 4.3): shocks as good as random do not predict what was there
 * before them. Characteristics of shocks are regressed on the shocks with weights s_s, robust or clustered by shock; characteristics of units
 * on the shift-share variable with the fit's controls, effects and weights, with AKM standard errors.
 */
import { ReshoreError } from '../../../errors.js'
import { tTwoSided } from '../../../numerics/distributions.js'
import { orthogonalResiduals } from '../../../numerics/orthogonalResiduals.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import { findColumn, readNumbers } from '../../design/columns.js'
import { ols } from '../../models/ols.js'
import type { ArrowTable, Fit } from '../../records.js'
import { shiftShare } from '../../vcov/shiftShare.js'
import { clusterOfShocks, exposed, usedShocks } from '../../vcov/shiftShare/akm.js'
import { exposureOf } from '../../vcov/shiftShare/exposure.js'
import { readShares, type ShiftShareDesign } from '../../vcov/shiftShare/shares.js'
import { shockControls, shockTable, shockValues } from '../../vcov/shiftShare/shockResiduals.js'
import { keptScores } from '../../vcov/withVcov.js'
import { stdErrors } from '../tidy.js'
import { conditionalRegression } from './shockLevel.js'

/** A characteristic of which the controls leave no more than this share is one of them. */
const constantShare = 1e-9

export interface BalanceRow {
  readonly characteristic: string
  readonly level: 'unit' | 'shock'
  /** Change of the characteristic with the shift-share variable (units) or the shock (shocks). */
  readonly estimate: number
  readonly stdError: number
  readonly statistic: number
  /** Two-sided, normal. */
  readonly pValue: number
}

export interface BalanceOptions {
  /** Numeric columns of the estimation table; rows where one is missing leave for its own test. */
  readonly units?: readonly string[]
  /** Numeric columns of the shock table. */
  readonly shocks?: readonly string[]
}

/**
 * One row a characteristic, units first. Throws a `ShiftShareError` for characteristics that are controls of the fit, a `ShockError` for
 * shocks without a value or a characteristic.
 *
 * @example
 * const rows = shiftShareBalance(fit, firms, design, { units: ['employees_2000'], shocks: ['skill_intensity'] })
 */
export function shiftShareBalance(fit: Fit, table: ArrowTable, design: ShiftShareDesign, { units = [], shocks = [] }: BalanceOptions): BalanceRow[] {
  const scores = keptScores(fit, table, 'balance tests')
  const controlled = units.find((name) => fit.terms.includes(name))
  if (controlled !== undefined) throw new ReshoreError('ShiftShareError', `\`${controlled}\` is a term of the fit`, 'Test the balance of characteristics that are not controlled for.')
  const vcov = shiftShare(design)
  const unitRows = units.map((name) => {
    const outcome = { kind: 'column', name } as const
    const spec = { ...fit.spec, outcome, regressors: [...fit.spec.regressors, ...fit.spec.instruments], endogenous: [], instruments: [] }
    const regression = ols(spec, table, { vcov, weighting: scores.frequencies ? 'frequency' : 'precision' })
    const j = regression.terms.indexOf(design.variable)
    return balanceRow(name, 'unit', regression.coefficients[j]!, stdErrors(regression)[j]!)
  })
  return shocks.length === 0 ? unitRows : [...unitRows, ...shockRows(table, fit, design, shocks)]
}

function shockRows(table: ArrowTable, fit: Fit, design: ShiftShareDesign, names: readonly string[]): BalanceRow[] {
  const layout = shockTable(design)
  const shares = readShares(design, table)
  const exposure = exposureOf(design, shares, keptScores(fit, table, 'balance tests'))
  const { position, used } = usedShocks(shares, exposure.weight)
  const weight = exposed(shares, exposure.weight, position, used.length)
  const value = shockValues(shares, used)
  const controls = shockControls(shares, used, layout)
  const { group, groups } = clusterOfShocks(shares, used)
  return names.map((name) => {
    const column = readNumbers(findColumn(layout.table, name, 'a characteristic of the shocks'), name)
    const outcome = Float64Array.from(used, (s) => column[shares.shockRow![s]!]!)
    const missing = outcome.findIndex((characteristic) => !Number.isFinite(characteristic))
    if (missing >= 0) throw new ReshoreError('ShockError', `shock ${shares.shocks[used[missing]!]} has no \`${name}\``, 'Fill the column in, or leave it out.')
    const left = orthogonalResiduals([outcome], controls, weight)[0]!
    if (!(weightedDot(left, left, weight) > constantShare ** 2 * weightedDot(outcome, outcome, weight))) throw notVarying(name)
    const { estimate, stdError } = conditionalRegression({ outcome, regressor: value, value, weight }, controls, group, groups)
    return balanceRow(name, 'shock', estimate, stdError)
  })
}

function notVarying(characteristic: string): ReshoreError {
  return new ReshoreError('ShiftShareError', `\`${characteristic}\` does not vary once the controls are taken out`, 'Test the balance of characteristics that are not controlled for.')
}

function balanceRow(characteristic: string, level: BalanceRow['level'], estimate: number, stdError: number): BalanceRow {
  if (!(stdError > 0)) throw notVarying(characteristic)
  const statistic = estimate / stdError
  return { characteristic, level, estimate, stdError, statistic, pValue: tTwoSided(statistic, Infinity) }
}
