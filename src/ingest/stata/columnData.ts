/** Columns of a Stata file on their way to Arrow: filled block by block, finished once. */
import { Dictionary, Int32, makeData, makeVector, Utf8, vectorFromArray, type DataType } from 'apache-arrow'

export interface StataColumnReader {
  /** Takes `count` rows of a block, the first of which is row `first` of the file. */
  append(view: DataView, first: number, count: number, rowWidth: number, block: Buffer): void
  /** `index` tells dictionaries apart. */
  finish(index: number): ColumnData
}

export interface ColumnData {
  readonly type: DataType
  /** What `makeData` takes besides type, length and validity. */
  readonly buffers: object
  readonly nullCount: number
  readonly nullBitmap?: Uint8Array
  readonly missing: Readonly<Record<string, number>>
  readonly unit?: string
  readonly notes: readonly string[]
}

export function fixedData(type: DataType, data: Int32Array | Float64Array): Pick<ColumnData, 'type' | 'buffers'> {
  return { type, buffers: { data } }
}

export function dictionaryData(codes: Int32Array, texts: readonly string[], index: number): Pick<ColumnData, 'type' | 'buffers'> {
  const none = makeVector(makeData({ type: new Utf8(), length: 0 }))
  const dictionary = texts.length === 0 ? none : vectorFromArray(texts, new Utf8())
  return { type: new Dictionary(new Utf8(), new Int32(), index), buffers: { data: codes, dictionary } }
}

/** Bits of the rows that have a value. */
export function rowValidity(rows: number) {
  const nullBitmap = new Uint8Array((rows + 7) >> 3)
  let present = 0
  return {
    set(row: number): void {
      nullBitmap[row >> 3]! |= 1 << (row & 7)
      present++
    },
    isSet: (row: number): boolean => ((nullBitmap[row >> 3]! >> (row & 7)) & 1) === 1,
    finish: () => (present === rows ? { nullCount: 0 } : { nullCount: rows - present, nullBitmap }),
  }
}
