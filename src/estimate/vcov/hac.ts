/**
 * Covariances of rows that correlate over time, with Bartlett weights κ_l = 1 − l/(L + 1) up to L periods apart:
 *
 *     Newey–West      Ω = Σ_i Σ_{t,u} κ_|t−u| s_it s_iu'   within units i, or in one series (Newey and West 1987),
 *     Driscoll–Kraay  Ω = Σ_{t,u} κ_|t−u| S_t S_u',  S_t = Σ_i s_it   (Driscoll and Kraay 1998),
 *
 * in which all rows of a period correlate as well. Rows of one unit and period are summed first. Both are positive semi-definite. Lags are
 * differences of the period column, so that gaps count, as in Stata. Checked against the double loop over rows, pyfixest and R sandwich.
 */
import { ReshoreError } from '../../errors.js'
import { crossCodes } from '../design/codes.js'
import { findColumn, groupCodes, readNumbers } from '../design/columns.js'
import type { GroupCodes } from '../design/wholeCodes.js'
import { gatherCodes } from '../design/sample.js'
import type { Note, ScoreData, Vcov, VcovEstimator } from '../records.js'
import { isNested } from './cluster.js'
import { rankPeriods, samplePeriods } from './periods.js'
import { requireCells } from './requireCells.js'
import { groupMeat, sandwich } from './sandwich.js'
import { serialMeat } from './serialMeat.js'
import { clusterFactor, familyConvention, type SmallSample } from './smallSample.js'

export interface SerialOptions {
  /** Column of whole periods. */
  readonly period: string
  /** L, at least 0 and below the number of periods; default the whole part of the fourth root of their number. */
  readonly lags?: number
  /** As clusters with one cluster a period, absorbed effects counted in full; default `fixest` for linear and generalised linear models, otherwise `none`. */
  readonly smallSample?: SmallSample
}

export interface NeweyWestOptions extends SerialOptions {
  /** Column of the panel units; without it the rows are one series, one row a period. */
  readonly unit?: string
}

/**
 * Newey–West covariance: rows of one unit correlate over `lags` periods, units are independent. Rows without a period or unit leave before
 * estimation. Throws a `PeriodError` for periods that are not whole numbers, fewer than two, not more than the lags, or, without a unit, repeated.
 *
 * @example
 * const fit = ols('adds ~ exposure', firms, { vcov: neweyWest({ unit: 'firm', period: 'year', lags: 2 }) })
 */
export function neweyWest(options: NeweyWestOptions): VcovEstimator {
  return serialVcov('neweyWest', options, (scores, { unit, period, periods }) => {
    if (!unit) {
      if (scores.rows > periods.levels) {
        throw new ReshoreError('PeriodError', `${scores.rows} rows have ${periods.levels} different values of \`${options.period}\`: they are not one series`,
          'Name the panel unit (unit, --group), or let the rows of a period correlate (driscollKraay, --vcov driscoll-kraay).')
      }
      return { cells: periods, unit: new Int32Array(scores.rows), period, said: '' }
    }
    const cells = crossCodes([unit, periods])
    const repeated = scores.rows > cells.levels ? `, rows of a unit and period (${scores.rows} rows, ${cells.levels} of these) summed first` : ''
    return { cells, unit: unit.codes, period, said: ` of ${unit.levels} units of \`${options.unit}\`${repeated}` }
  })
}

/**
 * Driscoll–Kraay covariance: rows of a period correlate whatever their unit, and periods over `lags`; for many periods. Rows without a
 * period leave before estimation. Throws a `PeriodError` as `neweyWest` does.
 *
 * @example
 * const fit = ols('adds ~ exposure | firm', firms, { vcov: driscollKraay({ period: 'year', lags: 2 }) })
 */
export function driscollKraay(options: SerialOptions): VcovEstimator {
  return serialVcov('driscollKraay', options, (scores, { period, periods }) => ({ cells: periods, unit: new Int32Array(scores.rows), period, said: '' }))
}

interface Numbered {
  readonly codes: Int32Array
  readonly levels: number
}

/** Rows used: unit, where there is one, and period, also numbered in order. */
interface SerialRows {
  readonly unit?: Numbered
  readonly period: Float64Array
  readonly periods: Numbered
}

/** Cells whose rows are summed first, each within one unit and period; `said` of the note. */
interface SerialCells {
  readonly cells: Numbered
  readonly unit: Int32Array
  readonly period: Float64Array
  readonly said: string
}

const titles = { neweyWest: 'Newey–West', driscollKraay: 'Driscoll–Kraay' } as const

function serialVcov(name: keyof typeof titles, options: NeweyWestOptions, cellsOf: (scores: ScoreData, rows: SerialRows) => SerialCells): VcovEstimator {
  const { unit, period, lags, smallSample } = options
  if (lags !== undefined && !(Number.isInteger(lags) && lags >= 0)) throw new ReshoreError('OptionError', `${name}: lags is ${lags}`, 'Give a whole number of periods, 0 or more.', 2)
  const labelWith = (reach?: number): string => `${name}(${[unit, period, reach === undefined ? undefined : counted(reach)].filter((part) => part !== undefined).join(', ')})`
  return {
    label: labelWith(lags),
    columns: [...(unit === undefined ? [] : [unit]), period],
    bind(table) {
      const periods = readNumbers(findColumn(table, period, 'the period'), period)
      const units = unit === undefined ? undefined : groupCodes(findColumn(table, unit, 'the unit'), unit)
      return (scores) => {
        const values = samplePeriods(periods, period, scores.unit)
        const rows = { period: values, periods: rankPeriods(values), ...(units && { unit: sampleUnits(units, unit!, scores.unit) }) }
        const reach = checkedLags(lags, rows.periods.levels, period)
        const cells = cellsOf(scores, rows)
        requireWholeGroups(scores, cells.cells, titles[name])
        return serialCovariance(scores, cells, { label: labelWith(reach), title: titles[name], period, periods: rows.periods.levels, lags: reach, convention: smallSample ?? familyConvention(scores) })
      }
    },
  }
}

function sampleUnits({ codes, levels }: GroupCodes, name: string, rows: Int32Array): Numbered {
  requireCells('PeriodError', `the unit \`${name}\``, rows, (row) => codes[row]! < 0)
  const kept = gatherCodes(codes, rows, levels)
  return { codes: kept.codes, levels: kept.present.length }
}

function checkedLags(lags: number | undefined, periods: number, name: string): number {
  if (periods < 2) throw new ReshoreError('PeriodError', `\`${name}\` has ${periods} value in the rows used`, 'Serial correlation needs several periods: use robust or clustered errors.')
  if (lags !== undefined && lags >= periods) throw new ReshoreError('PeriodError', `${lags} lags with ${periods} values of \`${name}\``, `Take fewer lags than periods; the default is ${defaultLags(periods)}.`)
  return lags ?? defaultLags(periods)
}

const counted = (lags: number): string => `${lags} ${lags === 1 ? 'lag' : 'lags'}`

/** ⌊T^¼⌋, as pyfixest; the small shift keeps 16^¼ at 2 whatever the rounding. */
const defaultLags = (periods: number): number => Math.floor(periods ** 0.25 + 1e-9)

function requireWholeGroups({ groups }: ScoreData, cells: Numbered, title: string): void {
  if (!groups || isNested(groups.codes, groups.levels, cells.codes)) return
  throw new ReshoreError('PeriodError', `groups of \`${groups.name}\`, whose rows are one draw of the model, have several periods`,
    `A ${title} covariance is for models whose rows are draws of their own: cluster by \`${groups.name}\`.`)
}

interface SerialRequest {
  readonly label: string
  readonly title: string
  readonly period: string
  readonly periods: number
  readonly lags: number
  readonly convention: SmallSample
}

function serialCovariance(scores: ScoreData, { cells, unit, period, said }: SerialCells, { label, title, period: name, periods, lags, convention }: SerialRequest): Vcov {
  const meat = groupMeat(scores, cells.codes, cells.levels)
  if (lags > 0) serialMeat(scores, unit, period, lags).forEach((value, cell) => (meat[cell]! += value))
  const factor = clusterFactor(scores, convention, periods, new Set())
  const notes: Note[] = [{
    kind: 'convention',
    text: `${title} covariance${said}, ${periods} periods of \`${name}\`, ${counted(lags)}, Bartlett weights, small-sample factor ${convention}.`,
  }]
  return {
    matrix: sandwich(scores, meat).map((value) => value * factor),
    label,
    degreesOfFreedom: scores.family === 'linear' ? periods - 1 : Infinity,
    notes,
  }
}
