/**
 * Which rows a model uses, and why the others left. A row leaves once, for the first reason that holds in this order: a missing
 * cell (columns in formula order), a value that is not finite, a term that is not finite (`log(0)`), a zero weight.
 */
import { ReshoreError } from '../../errors.js'
import type { DroppedRows, Mask, Note, SampleInfo } from '../records.js'

/** A mask under construction with the count of every reason. */
export interface SampleCount {
  readonly used: Mask
  readonly dropped: DroppedRows[]
}

/** Every row used. */
export function startSample(rows: number): SampleCount {
  return { used: new Uint8Array(rows).fill(1), dropped: [] }
}

/** Takes out the used rows for which `leaves` holds, and counts them under `reason`. */
export function dropWhere(sample: SampleCount, reason: string, leaves: (row: number) => boolean): void {
  const { used } = sample
  let rows = 0
  for (let row = 0; row < used.length; row++) {
    if (used[row] === 1 && leaves(row)) {
      used[row] = 0
      rows++
    }
  }
  if (rows > 0) sample.dropped.push({ reason, rows })
}

/** Rows of the table that are used, in order. */
export function usedRows(used: Mask): Int32Array {
  let count = 0
  for (let row = 0; row < used.length; row++) count += used[row]!
  const rows = new Int32Array(count)
  if (count === used.length) for (let row = 0; row < count; row++) rows[row] = row
  else for (let row = 0, next = 0; row < used.length; row++) if (used[row] === 1) rows[next++] = row
  return rows
}

/** Counts as they are printed; throws an `EmptySampleError` where nothing is left. */
export function describeSample(sample: SampleCount, used: number): { info: SampleInfo; notes: Note[] } {
  const read = sample.used.length
  const reasons = sample.dropped.map(({ reason, rows }) => `${rows} ${reason}`).join(', ')
  if (used === 0) {
    if (read === 0) throw new ReshoreError('EmptySampleError', 'the table has no rows', 'Look at what made it: its file, or the filter that left nothing.')
    throw new ReshoreError('EmptySampleError', `none of ${read} rows is left: ${reasons}`,
      'Leave out the columns that are missing most, or look at how the file was read: --missing names the codes that stand for nothing.')
  }
  const notes: Note[] = read > used ? [{ kind: 'sample', text: `${read - used} of ${read} rows left out: ${reasons}.` }] : []
  return { info: { read, used, dropped: sample.dropped }, notes }
}

/** Values at the given rows; the array itself where every row is used. */
export function gather(values: Float64Array, rows: Int32Array): Float64Array {
  if (rows.length === values.length) return values
  const result = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) result[i] = values[rows[i]!]!
  return result
}

/** Codes at the given rows, renumbered over the levels that occur there. */
export function gatherCodes(codes: Int32Array, rows: Int32Array, levels: number): { codes: Int32Array; present: Int32Array } {
  const renumbered = new Int32Array(levels).fill(-1)
  for (let i = 0; i < rows.length; i++) renumbered[codes[rows[i]!]!] = 0
  let count = 0
  for (let level = 0; level < levels; level++) if (renumbered[level] === 0) renumbered[level] = count++
  const present = new Int32Array(count)
  for (let level = 0; level < levels; level++) if (renumbered[level]! >= 0) present[renumbered[level]!] = level
  const result = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) result[i] = renumbered[codes[rows[i]!]!]!
  return { codes: result, present }
}
