/** Records of a Stata file: what it says about itself and its columns. Types only. */
import type { ArrowTable } from '../../engine/index.js'

export type StataRelease = 113 | 114 | 115 | 117 | 118 | 119

export type StataStorage = 'byte' | 'int' | 'long' | 'float' | 'double' | 'str' | 'strL'

/** One value of a set of value labels; an extended missing value is its code, such as `.a`. */
export interface StataValueLabel {
  readonly value: number | string
  readonly label: string
}

export interface StataColumn {
  readonly name: string
  readonly storage: StataStorage
  /** Display format, such as `%9.0g` or `%td`. */
  readonly format: string
  readonly label: string
  /** Of a time kept as a number: `months since 1960m1`. */
  readonly unit?: string
  /** Name of the set of value labels, and the set where the file has it. */
  readonly valueLabelName?: string
  readonly valueLabels?: readonly StataValueLabel[]
  /** Rows missing by code: `.`, `.a` to `.z`; `""` for empty text, `other` for bytes that are no number. */
  readonly missing: Readonly<Record<string, number>>
}

export interface StataFile {
  /** Seam types: Int32, Float64, Date32, dictionary-coded Utf8. */
  readonly table: ArrowTable
  readonly release: StataRelease
  readonly byteOrder: 'big' | 'little'
  readonly encoding: string
  readonly label: string
  readonly timestamp: string
  /** Columns the rows are sorted by, as the file says. */
  readonly sortedBy: readonly string[]
  /** The columns of the table. */
  readonly columns: readonly StataColumn[]
  /** Complete sentences. */
  readonly notes: readonly string[]
}

export interface StataOptions {
  /** Only these columns, as far as the file has them. */
  readonly columns?: readonly string[]
  /** `text` makes a column text where every value that occurs has a label of its own; `numbers` by default. */
  readonly labels?: 'numbers' | 'text'
  /** Of the file's text; by default UTF-8 from release 118 on, Windows-1252 before. */
  readonly encoding?: string
}

/** A variable as it lies in the file. */
export interface StataVariable {
  readonly name: string
  readonly storage: StataStorage
  /** Bytes in a row, and where they begin. */
  readonly width: number
  readonly at: number
  readonly format: string
  readonly valueLabelName: string
  readonly label: string
}

/** Everything before the data. */
export interface StataLayout {
  readonly release: StataRelease
  readonly littleEndian: boolean
  readonly label: string
  readonly timestamp: string
  readonly sortedBy: readonly string[]
  readonly variables: readonly StataVariable[]
  readonly rows: number
  readonly rowWidth: number
  /** Where the rows begin. */
  readonly dataAt: number
}
