/**
 * Records of tables: one model, printed as text, Markdown, LaTeX, HTML or CSV. Cells hold numbers and facts, never formatted
 * text; text is escaped by each renderer.
 */
import type { Note, SampleInfo, TidyRow } from '../../estimate/records.js'

/**
 * How a number prints. `short` has four significant digits without filling zeros; `decimals` and `percent` give the digits
 * after the point, `significant` the digits in all.
 */
export type NumberFormat =
  | 'integer'
  | 'year'
  | 'p-value'
  | 'short'
  | 'bytes'
  | { readonly decimals: number }
  | { readonly significant: number }
  | { readonly percent: number }

/** A number, a text, nothing; or one of these with what surrounds it. */
export type CellValue = number | string | null
export type TableCell = CellValue | DetailedCell

export interface DetailedCell {
  readonly value: CellValue
  /** Overrides the format of the column. */
  readonly format?: NumberFormat
  /** 1 to 3 stars behind the number. */
  readonly stars?: number
  /** `(0.039)` round a standard error, `[0.45, 0.60]` round an interval (with `upper`). */
  readonly brackets?: 'round' | 'square'
  /** Upper end of an interval whose lower end is `value`. */
  readonly upper?: number
  /** Digits of empty room behind the number, so that decimal points stand under each other. */
  readonly pad?: number
  /** A number of units whatever the role of its column: subject to `--min-cell` itself. */
  readonly count?: boolean
  /** Differs between base and scenario: printed so that it shows without colour. */
  readonly switched?: boolean
  /** Hidden by `--min-cell`; `value` is null then. */
  readonly masked?: boolean
}

/**
 * `label` names the row. `count` is a number of units, itself subject to `--min-cell`. `total` is the sum of the count
 * columns to its left, back to the total before. `statistic` rests on the units of its row or column.
 */
export type ColumnRole = 'label' | 'count' | 'total' | 'statistic'

export interface TableColumn {
  readonly key: string
  readonly label: string
  /** Second line of the heading, in italics: outcome, link, unit. */
  readonly sublabel?: string
  /** Default: `label` for the first column, `statistic` for the others. */
  readonly role?: ColumnRole
  /** Key of a count column this one could be recomputed from or with (a share of it): masked wherever that is. */
  readonly follows?: string
  /** Number of units the statistics of this column rest on, where known (a model's sample). */
  readonly units?: number
  readonly format?: NumberFormat
  /** Default: left for labels and text, right for numbers. */
  readonly align?: 'left' | 'right' | 'center'
}

/** `section` heads a block; `total` holds the sums of the count columns of the block above it. */
export interface TableRow {
  readonly kind?: 'data' | 'section' | 'total' | 'below'
  /** One per column; `section` rows have only the first. `below` rows belong to the row above (standard errors). */
  readonly cells: readonly TableCell[]
  /** Number of units (firms, plants, links) the statistics of this row rest on, where known. */
  readonly units?: number
  /** A thin rule above. */
  readonly rule?: boolean
}

/** One reason why rows left, with how many; null: hidden by `--min-cell`. */
export interface DroppedCount {
  readonly reason: string
  readonly rows: number | null
}

/** What a table says about its sample. A record, not a sentence, because its counts are subject to `--min-cell`. */
export interface SampleNote {
  readonly kind: 'sample'
  /** Columns it holds for; empty: all. */
  readonly for: string
  readonly read: number | null
  readonly used: number | null
  readonly dropped: readonly DroppedCount[]
}

/** A complete sentence, or the sample. */
export type TableNote = string | SampleNote

export interface TableModel {
  readonly kind: 'table'
  /** Stable, in lower case with hyphens: anchor on the page and file name. */
  readonly id: string
  readonly title: string
  readonly columns: readonly TableColumn[]
  /** Headings that span columns, from the left; their spans add up to the number of columns. */
  readonly spanners?: readonly { readonly label: string; readonly span: number }[]
  readonly rows: readonly TableRow[]
  readonly notes: readonly TableNote[]
  /** What one unit is, for the words of `--min-cell`. Default: `firms`. */
  readonly unitName?: string
}

/** One column of a regression table: a fit as plain numbers. Made by `modelColumn`. */
export interface ModelColumn {
  readonly name: string
  readonly outcome?: string
  /** Printed below the name: `OLS`, `Logit`, `Probit`, `Cox (Efron)`. */
  readonly model: string
  /** What exp(coefficient) is; absent where it is nothing (probit, linear models). */
  readonly ratio?: 'odds' | 'hazard' | 'rate'
  readonly terms: readonly TidyRow[]
  readonly vcov: { readonly label: string; readonly clusters?: readonly { readonly name: string; readonly count: number }[] }
  readonly sample: SampleInfo
  readonly logLikelihood?: number
  /** Further lines at the foot: events (a `count`), pseudo R², sigma_u. */
  readonly statistics?: readonly {
    readonly label: string
    readonly value: number
    readonly format?: NumberFormat
    readonly count?: boolean
  }[]
  readonly notes: readonly Note[]
}
