/**
 * The distinct rows of a packed design. Where many columns are indicators of a few categories (quarters by years by states), most rows
 * repeat: sums over rows are then sums over the distinct ones, each with what its repetitions add up to.
 */
import { blockRows, type BlockStore } from './rowBlocks.js'

export interface DistinctRows {
  /** The first row of each, in order. */
  readonly first: Int32Array
  /** By row, its place in `first`. */
  readonly codes: Int32Array
}

/** Rows that repeat less often than this on average are left as they are. */
const repetitions = 8

/**
 * The distinct rows, or undefined where there are more than an eighth as many as rows. `index` gives one number a row, the same for equal
 * rows, chunk by chunk; every cell is compared afterwards.
 */
export function findDistinctRows(store: BlockStore, eachIndex: (visit: (index: Float64Array, from: number, size: number) => boolean) => void): DistinctRows | undefined {
  const most = store.rows / repetitions
  const places = new Map<number, number>()
  const codes = new Int32Array(store.rows)
  const first: number[] = []
  eachIndex((index, from, size) => {
    for (let i = 0; i < size; i++) {
      const place = places.get(index[i]!)
      if (place === undefined) {
        codes[from + i] = first.length
        places.set(index[i]!, first.length)
        first.push(from + i)
      } else codes[from + i] = place
    }
    return first.length <= most
  })
  return first.length <= most && repeatExactly(store, codes, first) ? { first: Int32Array.from(first), codes } : undefined
}

function repeatExactly({ rows, columns, data }: BlockStore, codes: Int32Array, first: readonly number[]): boolean {
  const model = new Float64Array(first.length * columns)
  first.forEach((row, place) => {
    const at = Math.floor(row / blockRows) * columns * blockRows + (row % blockRows)
    for (let j = 0; j < columns; j++) model[place * columns + j] = data[at + j * blockRows]!
  })
  for (let from = 0, base = 0; from < rows; from += blockRows, base += columns * blockRows) {
    const size = Math.min(blockRows, rows - from)
    for (let j = 0; j < columns; j++) {
      const at = base + j * blockRows
      for (let i = 0; i < size; i++) if (data[at + i] !== model[codes[from + i]! * columns + j]) return false
    }
  }
  return true
}

/** Sums of `values`, or how often each code occurs. */
export function sumByCode({ codes, first }: DistinctRows, values?: Float64Array): Float64Array {
  const sums = new Float64Array(first.length)
  if (values) for (let row = 0; row < codes.length; row++) sums[codes[row]!]! += values[row]!
  else for (let row = 0; row < codes.length; row++) sums[codes[row]!]!++
  return sums
}
