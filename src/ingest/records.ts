/** Records of the ingest stage: what was read, what was set aside and why. Types only; any stage may import them. */

/** Why a row went to quarantine, in the order in which they are looked for. */
export type QuarantineReason =
  | 'undecodable byte'
  | 'malformed quotes'
  | 'wrong column count'
  | 'unparsable cell'
  | 'out of range'
  | 'not an allowed value'
  | 'missing required'
  | 'not different'
  | 'unknown foreign key'
  | 'duplicate key'

/** One row set aside. */
export interface QuarantinedRow {
  readonly table: string
  /** Name of the raw file. */
  readonly file: string
  /** 1-based line of the raw file where the row begins; for Parquet and Arrow the 1-based row. */
  readonly line: number
  /** Column of the raw file, null where the whole row is at fault. */
  readonly column: string | null
  readonly reason: QuarantineReason
  /** What exactly is wrong, for every cell at fault. */
  readonly detail: string
  /** The row as it stands in the file; a byte that is no character is written `\x81`. */
  readonly text: string
}

export interface ReasonCount {
  readonly reason: QuarantineReason
  readonly rows: number
}

export interface FileSummary {
  readonly file: string
  readonly read: number
  readonly kept: number
  readonly quarantined: number
  readonly encoding: string
  /** Columns of the file that the schema does not name; they are left out. */
  readonly ignored: readonly string[]
}

/** Numbers of a file's column that were written full-width and read as their ASCII twins. */
export interface RepairedCells {
  readonly file: string
  readonly column: string
  readonly cells: number
}

/** read = kept + quarantined, for each file and in total. */
export interface TableSummary {
  readonly table: string
  readonly read: number
  readonly kept: number
  readonly quarantined: number
  readonly reasons: readonly ReasonCount[]
  readonly files: readonly FileSummary[]
  /** Cells that were repaired by a rule of the schema, where there are any. */
  readonly repaired: readonly RepairedCells[]
  readonly notes: readonly string[]
  readonly panel?: PanelReport
}

export interface PanelReport {
  readonly unit: readonly string[]
  readonly time: string
  readonly rows: number
  readonly units: number
  readonly first: number | null
  readonly last: number | null
  /** Unit–time pairs that occur more than once, and the rows beyond the first of each. */
  readonly duplicates: { readonly pairs: number; readonly rows: number; readonly examples: readonly string[] }
  /** Times missing between the first and the last of a unit. */
  readonly gaps: { readonly units: number; readonly missing: number; readonly examples: readonly string[] }
  /** Every unit in every time. */
  readonly balanced: boolean
  readonly perTime: readonly { readonly time: number; readonly units: number }[]
  /** How many units are there for how many times. */
  readonly perUnit: readonly { readonly times: number; readonly units: number }[]
}
