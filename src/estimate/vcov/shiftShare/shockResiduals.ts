/** The shocks of used units as columns: values, controls, and what is left of the values once the controls are taken out. */
import { ReshoreError } from '../../../errors.js'
import { orthogonalResiduals } from '../../../numerics/orthogonalResiduals.js'
import { findColumn, readCodes, readNumbers } from '../../design/columns.js'
import type { ShiftShareDesign, ShockTable, SparseShares } from './shares.js'

/** The design's shock table with its values. Throws a `ShockError` (exit code 2) where the design has none. */
export function shockTable({ shocks }: ShiftShareDesign): ShockTable & { readonly value: string } {
  if (shocks?.value === undefined) throw new ReshoreError('ShockError', 'the shocks themselves are needed', "Give the design its shocks: { table, shock: 'id', value: 'growth' }.", 2)
  return { ...shocks, value: shocks.value }
}

/** Every used shock is in the shock table, where there is one, and has a value, where its column is named. */
export function requireShocks({ shockRow, value, shocks }: SparseShares, used: readonly number[]): void {
  const lost = shockRow === undefined ? [] : used.filter((s) => shockRow[s]! < 0)
  if (lost.length > 0) {
    throw new ReshoreError('ShockError', `${lost.length} of ${used.length} shocks with a share ${lost.length === 1 ? 'is' : 'are'} not in the shock table; the first is ${shocks[lost[0]!]!}`,
      'Give every shock with a share a row in the shock table, spelt as in the share table, or drop its shares and control for their sum.')
  }
  const valueless = value === undefined ? undefined : used.find((s) => Number.isNaN(value[s]!))
  if (valueless !== undefined) {
    throw new ReshoreError('ShockError', `shock ${shocks[valueless]} has a share and no value`, 'Fill its value in, or drop its shares and control for their sum.')
  }
}

/** g_s of the used shocks, which all have one. */
export const shockValues = ({ value }: SparseShares, used: readonly number[]): Float64Array => Float64Array.from(used, (s) => value![s]!)

/** g̃_s: the shocks less their projection on a constant or effects and the controls, under weights s_s. */
export function shockResiduals(shares: SparseShares, used: readonly number[], table: ShockTable, weight: Float64Array): Float64Array {
  return orthogonalResiduals([shockValues(shares, used)], shockControls(shares, used, table), weight)[0]!
}

/** A constant or the effects' indicators, and the control columns, by used shock. Every used shock has a value, hence a row. */
export function shockControls({ shockRow, shocks }: SparseShares, used: readonly number[], { table, controls = [], effects }: ShockTable): Float64Array[] {
  const filled = <T>(value: T, missing: boolean, column: string, s: number): T => {
    if (missing) throw new ReshoreError('ShockError', `shock ${shocks[s]} has no \`${column}\``, 'Fill the column in, or leave it out.')
    return value
  }
  const columns = controls.map((name) => {
    const values = readNumbers(findColumn(table, name, 'a control of the shocks'), name)
    return Float64Array.from(used, (s) => filled(values[shockRow![s]!]!, !Number.isFinite(values[shockRow![s]!]!), name, s))
  })
  if (effects === undefined) return [new Float64Array(used.length).fill(1), ...columns]
  const { codes, levels } = readCodes(findColumn(table, effects, 'the effects of the shocks'), effects)
  const levelOf = used.map((s) => filled(codes[shockRow![s]!]!, !(codes[shockRow![s]!]! >= 0), effects, s))
  return [...levels.map((_, level) => Float64Array.from(levelOf, (own) => (own === level ? 1 : 0))), ...columns]
}
