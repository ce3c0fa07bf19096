/**
 * Shares of a shift-share variable Z_i = Σ_s w_is g_s as a sparse matrix, units × shocks, with what is known of the shocks. Shares are
 * checked once: none missing, negative or told twice, none of a unit summing above one.
 */
import { ReshoreError } from '../../../errors.js'
import { findColumn, readCodes, readNumbers } from '../../design/columns.js'
import { sharedKeys } from '../../design/sharedCodes.js'
import type { ArrowTable } from '../../records.js'

/** One column or several that together name a unit or a shock: `'firm'`, `['country', 'product']`. */
export type KeyNames = string | readonly string[]

/** One row a unit and shock; what is not there is zero. */
export interface ShareTable {
  readonly table: ArrowTable
  readonly unit: KeyNames
  readonly shock: KeyNames
  readonly share: string
  /** What a unit without any row is: an error (default; a row with share 0 says that it is exposed to nothing), or exposed to nothing. */
  readonly absent?: 'error' | 'zero'
}

/** One row a shock. */
export interface ShockTable {
  readonly table: ArrowTable
  readonly shock: KeyNames
  /** Column of the shocks g_s. */
  readonly value?: string
  /** Column of groups of shocks that are drawn together. */
  readonly cluster?: string
  /** Numeric columns the shocks are conditioned on, besides a constant. */
  readonly controls?: readonly string[]
  /** Column with effects of the shocks in place of the constant, such as the period of a stacked panel. */
  readonly effects?: string
}

/** How a shift-share variable was made. */
export interface ShiftShareDesign {
  /** The shift-share term: a regressor of `ols`, the instrument of `iv`. */
  readonly variable: string
  /** Key of a row's unit in the estimation table; several rows may share one. */
  readonly unit: KeyNames
  readonly shares: ShareTable
  readonly shocks?: ShockTable
  /**
   * What AKM takes for the shocks without the controls: the coefficients of the variable on the shares (default), or the shocks themselves
   * less their own controls, which needs no inverse where shares are collinear.
   */
  readonly implied?: 'shares' | 'shocks'
}

/** Shares of unit u: positions start[u] … start[u + 1] − 1 of `shock` and `share`. */
export interface SparseShares {
  readonly start: Int32Array
  readonly shock: Int32Array
  readonly share: Float64Array
  /** 1 where a unit has rows in the share table. */
  readonly known: Uint8Array
  readonly units: readonly string[]
  readonly shocks: readonly string[]
  /** Unit of every row of the estimation table, −1 where missing. */
  readonly rowUnit: Int32Array
  /** By shock, NaN where the shock has none. */
  readonly value?: Float64Array
  /** By shock, −1 where the shock has none. */
  readonly cluster?: Int32Array
  /** Row of the shock table by shock, −1 where it has none. */
  readonly shockRow?: Int32Array
}

export const keyNames = (key: KeyNames): readonly string[] => (typeof key === 'string' ? [key] : key)

/** Sums of shares may pass one by rounding of published shares. */
const sumTolerance = 1e-6

/** Reads and checks shares and shocks for one estimation table. Throws a `ShareError` or a `ShockError`. */
export function readShares({ unit, shares, shocks }: ShiftShareDesign, table: ArrowTable): SparseShares {
  const unitCodes = sharedKeys([
    { table: shares.table, names: keyNames(shares.unit), role: 'the unit of the shares' },
    { table, names: keyNames(unit), role: 'the unit' },
  ])
  const shockColumn = { table: shares.table, names: keyNames(shares.shock), role: 'the shock of the shares' }
  const shockCodes = sharedKeys(shocks ? [shockColumn, { table: shocks.table, names: keyNames(shocks.shock), role: 'the shock' }] : [shockColumn])
  const values = readNumbers(findColumn(shares.table, shares.share, 'the share'), shares.share)
  const units = unitCodes.levels
  const sparse = { ...byUnit(unitCodes.codes[0]!, units.length, shockCodes.codes[0]!, values), units, shocks: shockCodes.levels }
  checkShares(sparse, shares)
  return { ...sparse, rowUnit: unitCodes.codes[1]!, ...(shocks && shockColumns(shocks, shockCodes.codes[1]!, sparse.shocks)) }
}

/** Counting sort of the share table's rows by unit; shares of 0 say no more than that the unit is known. */
function byUnit(unit: Int32Array, units: number, shock: Int32Array, share: Float64Array): Pick<SparseShares, 'start' | 'shock' | 'share' | 'known'> {
  const start = new Int32Array(units + 1)
  const known = new Uint8Array(units)
  for (let row = 0; row < unit.length; row++) {
    if (unit[row]! < 0 || shock[row]! < 0 || !(share[row]! >= 0 && share[row]! < Infinity)) throw badRow(row, unit[row]!, shock[row]!, share[row]!)
    known[unit[row]!] = 1
    if (share[row]! > 0) start[unit[row]! + 1]!++
  }
  for (let u = 0; u < units; u++) start[u + 1]! += start[u]!
  const next = start.slice()
  const sorted = { shock: new Int32Array(start[units]!), share: new Float64Array(start[units]!) }
  for (let row = 0; row < unit.length; row++) {
    if (share[row] === 0) continue
    const to = next[unit[row]!]!++
    sorted.shock[to] = shock[row]!
    sorted.share[to] = share[row]!
  }
  return { start, known, ...sorted }
}

function badRow(row: number, unit: number, shock: number, share: number): ReshoreError {
  const what = unit < 0 ? 'the unit is missing' : shock < 0 ? 'the shock is missing' : Number.isNaN(share) ? 'the share is missing' : `the share is ${share}`
  return new ReshoreError('ShareError', `${what} in row ${row + 1} of the share table`, 'Every row of the share table is a unit, a shock and a share from 0 to 1.')
}

function checkShares({ start, shock, share, units, shocks }: Pick<SparseShares, 'start' | 'shock' | 'share' | 'units' | 'shocks'>, { share: name }: ShareTable): void {
  const mark = new Int32Array(shocks.length).fill(-1)
  for (let unit = 0; unit < units.length; unit++) {
    let sum = 0
    for (let at = start[unit]!; at < start[unit + 1]!; at++) {
      if (mark[shock[at]!] === unit) {
        throw new ReshoreError('ShareError', `unit ${units[unit]} has two shares of shock ${shocks[shock[at]!]}`, 'Add them up, or name a key that tells the units apart (such as region and year).')
      }
      mark[shock[at]!] = unit
      sum += share[at]!
    }
    if (sum > 1 + sumTolerance) {
      throw new ReshoreError('ShareError', `the shares \`${name}\` of unit ${units[unit]} sum to ${Number(sum.toPrecision(8))}`, 'Shares of a unit sum to one at most: divide percentages by 100, or divide by a total that covers all shocks.')
    }
  }
}

function shockColumns({ table, value, cluster }: ShockTable, codes: Int32Array, shocks: readonly string[]): Pick<SparseShares, 'value' | 'cluster' | 'shockRow'> {
  const shockRow = rowOfShock(codes, shocks)
  const numbers = value === undefined ? undefined : readNumbers(findColumn(table, value, 'the value of the shocks'), value)
  const infinite = numbers ? numbers.findIndex((number) => number === Infinity || number === -Infinity) : -1
  if (infinite >= 0) throw new ReshoreError('ShockError', `\`${value}\` is infinite in row ${infinite + 1} of the shock table`, 'Look at how the shock was made: log(0) is the usual reason.')
  const clusters = cluster === undefined ? undefined : readCodes(findColumn(table, cluster, 'the cluster of the shocks'), cluster).codes
  return {
    shockRow,
    ...(numbers && { value: Float64Array.from(shockRow, (row) => (row < 0 ? NaN : numbers[row]!)) }),
    ...(clusters && { cluster: shockRow.map((row) => (row < 0 ? -1 : clusters[row]!)) }),
  }
}

/** Row of the shock table by shock, −1 where it has none; throws where one has two. */
function rowOfShock(codes: Int32Array, shocks: readonly string[]): Int32Array {
  const rowOf = new Int32Array(shocks.length).fill(-1)
  for (let row = 0; row < codes.length; row++) {
    const shock = codes[row]!
    if (shock < 0) continue
    if (rowOf[shock]! >= 0) throw new ReshoreError('ShockError', `shock ${shocks[shock]} has two rows in the shock table`, 'Keep one row a shock, or name a key that tells the rows apart (such as industry and year).')
    rowOf[shock] = row
  }
  return rowOf
}
