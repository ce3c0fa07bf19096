/** Codes of numeric ids. Threads load this: it needs no Arrow. */

/** Codes 0 … levels−1 over all rows, −1 where missing, of a column that only groups rows. */
export interface GroupCodes {
  readonly codes: Int32Array
  readonly levels: number
}

export interface ValueRange {
  readonly low: number
  readonly high: number
  /** Whether all are whole numbers. */
  readonly whole: boolean
}

export const isNarrow = ({ low, high, whole }: ValueRange, rows: number): boolean => whole && high - low <= 4 * rows + 1024

/** Codes of whole numbers through a table of their range, into `codes`; `present` has the distance of each level from the lowest. */
export function narrowCodes(values: Float64Array | Int32Array, { low, high }: ValueRange, codes: Int32Array = new Int32Array(values.length)): GroupCodes & { readonly present: Int32Array } {
  // Bytes, as a table of them stays in the cache where one of codes does not.
  const seen = new Uint8Array(high - low + 1)
  for (let i = 0; i < values.length; i++) if (values[i] === values[i]) seen[values[i]! - low] = 1
  let levels = 0
  for (let step = 0; step < seen.length; step++) levels += seen[step]!
  const present = new Int32Array(levels)
  const codeOf = new Int32Array(seen.length)
  for (let step = 0, code = 0; step < seen.length; step++) {
    codeOf[step] = code
    if (seen[step] === 1) present[code++] = step
  }
  for (let i = 0; i < values.length; i++) codes[i] = values[i] === values[i] ? codeOf[values[i]! - low]! : -1
  return { codes, levels, present }
}

/** NaN is a missing value. */
export function rangeOf(values: Float64Array | Int32Array): ValueRange {
  if (values instanceof Int32Array) return rangeOfIntegers(values)
  let low = Infinity
  let high = -Infinity
  let whole = true
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value !== value) continue
    if (value < low) low = value
    if (value > high) high = value
    if (Math.floor(value) !== value) whole = false
  }
  return { low, high, whole: whole && low > -Infinity && high < Infinity && low <= high }
}

function rangeOfIntegers(values: Int32Array): ValueRange {
  let [low, high] = [values[0] ?? 1, values[0] ?? 0]
  for (let i = 1; i < values.length; i++) {
    if (values[i]! < low) low = values[i]!
    if (values[i]! > high) high = values[i]!
  }
  return { low, high, whole: values.length > 0 }
}
