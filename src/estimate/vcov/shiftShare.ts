/**
 * Covariance of a linear fit with a shift-share regressor (`ols`) or instrument (`iv`): the standard error of that coefficient by Adão, Kolesár
 * and Morales (2019), `akm` or `akm0`. The other coefficients keep robust standard errors. Checked against the double loop over units
 * and shocks, and against the values R ShiftShareSE is tested with on the data of Autor, Dorn and Hanson (2013).
 */
import { ReshoreError } from '../../errors.js'
import { unpackRows } from '../../numerics/crossProducts.js'
import { normalQuantile } from '../../numerics/distributions.js'
import type { Note, ScoreData, Vcov, VcovEstimator } from '../records.js'
import { robust } from './heteroskedastic.js'
import type { ScoreProducts } from './productScores.js'
import { sandwich } from './sandwich.js'
import { akmStdError, nullSet, shockContributions, shockMeat, type ShockContributions } from './shiftShare/akm.js'
import { exposureOf, type Exposure } from './shiftShare/exposure.js'
import { keyNames, readShares, type ShiftShareDesign, type SparseShares } from './shiftShare/shares.js'

export interface ShiftShareOptions extends ShiftShareDesign {
  /** Default 'akm'; 'akm0' imposes the null and takes the length of its confidence set over 2z as standard error, as ShiftShareSE does. */
  readonly method?: 'akm' | 'akm0'
  /** Coverage of the set behind the `akm0` standard error; default 0.95. */
  readonly level?: number
}

/**
 * Shift-share covariance. Rows without a unit leave before estimation. Throws a `ShareError` for shares that sum above one or units without
 * shares, a `ShockError` for shocks without what is asked of them, an `UnboundedSetError` where the `akm0` set has no length.
 *
 * @example
 * const shares = { table: exposures, unit: 'firm', shock: 'product', share: 'share' }
 * const fit = ols('growth ~ exposure', firms, { vcov: shiftShare({ variable: 'exposure', unit: 'firm', shares }) })
 */
export function shiftShare(options: ShiftShareOptions): VcovEstimator {
  const { variable, method = 'akm', level = 0.95 } = options
  if (method !== 'akm' && method !== 'akm0') throw new ReshoreError('OptionError', `shiftShare: unknown method \`${String(method)}\``, 'Allowed: akm, akm0.', 2)
  if (!(level > 0 && level < 1)) throw new ReshoreError('LevelError', `the confidence level is ${level}`, 'Give a number between 0 and 1, such as 0.95.', 2)
  const label = `shiftShare(${variable}, ${method})`
  return {
    label,
    columns: keyNames(options.unit),
    imposesNull: true,
    bind(table, used) {
      const shares = readShares(options, table)
      const rowwise = robust().bind(table, used)
      return (scores) => {
        // Tests of instruments are made from scores without columns; those of other columns than the one instrument stay robust by row.
        if (!scores.linear && (scores.family === 'linear' || scores.family === 'moments')) {
          return scores.products?.columns.packed.columns === 1 ? instrumentVcov(scores, scores.products, shares, options) : rowwise(scores)
        }
        const exposure = exposureOf(options, shares, scores)
        const contributions = shockContributions(shares, exposure, options)
        const notes = shiftShareNotes(options, exposure, contributions)
        const stdError = method === 'akm' ? akmStdError(contributions) : nullStdErrorOf(contributions, { variable, level, notes })
        return shiftShareVcov(scores, rowwise(scores), { label, exposure, stdError, notes })
      }
    },
  }
}

/** Length of the AKM0 set over 2z; says in a note where the set lies. */
function nullStdErrorOf(contributions: ShockContributions, { variable, level, notes }: { variable: string; level: number; notes: Note[] }): number {
  const critical = normalQuantile(0.5 + level / 2)
  const { shape, low, high } = nullSet(contributions, critical)
  if (shape === 'interval') {
    notes.push({ kind: 'inference', text: `The ${percent(level)} AKM0 set of \`${variable}\` reaches from ${(-low).toPrecision(6)} below the estimate to ${high.toPrecision(6)} above; the standard error is its length over 2 × ${critical.toPrecision(5)}.` })
    return (high - low) / (2 * critical)
  }
  throw new ReshoreError('UnboundedSetError', `the ${percent(level)} AKM0 set of \`${variable}\` is ${shape === 'line' ? 'the whole line' : 'two rays'}: it has no length for a standard error`,
    'Report the set itself, shiftShareInference(fit, table, design): the instrument is weak.')
}

/** AKM covariance of the instrument's coefficients in several equations, residuals as they are given. */
function instrumentVcov(scores: ScoreData, { columns: { packed, codes }, residuals, weights }: ScoreProducts, shares: SparseShares, options: ShiftShareOptions): Vcov {
  const instrument = unpackRows(packed)[0]!
  const { unit: rows, frequencies } = scores
  const byUnit = (value: (row: number) => number): Float64Array => {
    const sums = new Float64Array(shares.units.length)
    for (let row = 0; row < rows.length; row++) sums[shares.rowUnit[rows[row]!]!]! += (frequencies ? frequencies[row]! : 1) * value(row)
    return sums
  }
  const weight = (row: number): number => (weights ? weights[row]! : 1)
  const exposure = { weight: byUnit(weight), variable: byUnit((row) => weight(row) * instrument[codes ? codes[row]! : row]!) }
  const meat = shockMeat(shares, exposure, residuals.map((residual) => byUnit((row) => residual[row]!)), options)
  return { matrix: sandwich(scores, meat), label: `shiftShare(${options.variable}, ${options.method ?? 'akm'})`, degreesOfFreedom: Infinity, notes: [] }
}

interface ShiftShareResult {
  readonly label: string
  readonly exposure: Exposure
  readonly stdError: number
  readonly notes: readonly Note[]
}

/** The robust matrix with the coefficient's row and column replaced: what it shares with the others is not known and set to zero. */
function shiftShareVcov({ parameters: k }: ScoreData, rowwise: Vcov, { label, exposure, stdError, notes }: ShiftShareResult): Vcov {
  const j = exposure.coefficient
  const matrix = rowwise.matrix.map((value, cell) => (Math.floor(cell / k) === j || cell % k === j ? 0 : value))
  matrix[j * k + j] = stdError ** 2
  return { matrix, label, degreesOfFreedom: Infinity, notes }
}

/** What a reader of shift-share inference must know. */
export function shiftShareNotes({ variable, shocks, implied }: ShiftShareDesign, { absent, incomplete, sumControlled }: Exposure, { shocks: count, clusters }: ShockContributions): Note[] {
  const drawn = shocks?.cluster === undefined ? `${count} shocks` : `${count} shocks in ${clusters} clusters of \`${shocks.cluster}\``
  const notes: Note[] = [{ kind: 'convention', text: `Shift-share inference for \`${variable}\` over ${drawn}${implied === 'shocks' ? ', known shocks in place of those the shares imply' : ''}; other coefficients keep robust standard errors and joint tests with them take no covariance.` }]
  if (absent > 0) notes.push({ kind: 'sample', text: `${absent} ${absent === 1 ? 'unit has' : 'units have'} no shares and ${absent === 1 ? 'counts' : 'count'} as exposed to nothing.` })
  if (incomplete && !sumControlled) notes.push(incompleteNote(variable))
  return notes
}

/** Borusyak, Hull and Jaravel (2022), section 3.2. */
export function incompleteNote(variable: string): Note {
  return {
    kind: 'inference',
    text: `The shares behind \`${variable}\` do not sum to one and their sum is not among the controls: units that are more exposed get larger shocks on average. Add the sum of shares (times period effects, where shocks differ by period).`,
  }
}

const percent = (level: number): string => `${Number((100 * level).toPrecision(6))} %`
