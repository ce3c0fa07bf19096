/**
 * Records of the page: what was read, what was dropped and why, what came out, what would change, what was assumed, where it
 * came from. There is no place for a time or a date: the bytes of the page depend on data, code and options alone.
 */
import type { FigureModel } from '../figures/records.js'
import type { CellValue, DroppedCount, NumberFormat, TableModel } from '../tables/records.js'

/**
 * One stop of the rows on their way from a raw file to a published table: `rows` that remain, what left since `from` and why.
 * Files have no `from`; a join or a stack has several. Σ rows of `from` = rows + Σ dropped where the stop only filters.
 */
export interface FlowStep {
  readonly id: string
  readonly label: string
  readonly kind: 'file' | 'table' | 'sample' | 'result'
  readonly from: readonly string[]
  /** null: hidden by `--min-cell`. */
  readonly rows: number | null
  readonly dropped: readonly DroppedCount[]
  /** `firm-years`, `spells`. Default: `rows`. */
  readonly unit?: string
  /** Why rows are more or fewer than `from` less `dropped`: `one row per firm and destination`. */
  readonly remark?: string
}

/** A bad row as quarantine has it, for the short list of examples on the page; the list is left out under `--min-cell`. */
export interface QuarantineExample {
  readonly file: string
  readonly line: number
  readonly column?: string
  readonly reason: string
  /** The original cell. */
  readonly text?: string
}

export type PageBlock =
  | TableModel
  | FigureModel
  /** Paragraphs are separated by a blank line; `code` in backquotes, no other markup. */
  | { readonly kind: 'prose'; readonly text: string }

export interface PageSection {
  readonly id: string
  readonly title: string
  readonly blocks: readonly PageBlock[]
}

/** One outcome of base and scenario. Discrete outcomes stay discrete. */
export type ScenarioOutcome =
  | {
      readonly kind: 'number'
      readonly label: string
      readonly unit?: string
      readonly base: number
      readonly scenario: number
      readonly format?: NumberFormat
      /** Interval of the change over draws, in the unit of the outcome, with its level in words (`5–95 %`). */
      readonly interval?: { readonly change: readonly [number, number]; readonly label: string }
    }
  | {
      readonly kind: 'chain'
      readonly label: string
      /** Names of the stages, upstream first; places in the same order. */
      readonly stages: readonly string[]
      readonly base: readonly string[]
      readonly scenario: readonly string[]
    }
  /** Shares of draws (or firms) by discrete outcome; an outcome is a text such as `IT→EA`. */
  | {
      readonly kind: 'distribution'
      readonly label: string
      readonly of: string
      readonly base: readonly OutcomeShare[]
      readonly scenario: readonly OutcomeShare[]
    }
  /** Outcomes over ranges of an axis (quantity, τ): one strip for the base, one for the scenario. */
  | {
      readonly kind: 'ranges'
      readonly label: string
      readonly axis: string
      readonly scale?: 'linear' | 'log'
      readonly base: readonly OutcomeRange[]
      readonly scenario: readonly OutcomeRange[]
    }

export interface OutcomeShare {
  readonly outcome: string
  /** null: hidden by `--min-cell`. */
  readonly share: number | null
  readonly units?: number
}

export interface OutcomeRange {
  readonly outcome: string
  readonly from: number
  /** null: no upper end. */
  readonly to: number | null
}

export interface ScenarioReport {
  readonly id: string
  readonly title: string
  readonly description?: string
  /** What the scenario changes: `trade cost IT→EA`, from 0.12 to 0.18; `from: null` where only the change is known (`× 1.5`). */
  readonly changes: readonly { readonly what: string; readonly from: CellValue; readonly to: CellValue; readonly unit?: string }[]
  readonly outcomes: readonly ScenarioOutcome[]
  readonly blocks?: readonly PageBlock[]
}

/** An external number: not estimated on these data. */
export interface Assumption {
  readonly name: string
  readonly symbol?: string
  readonly value: CellValue
  readonly unit?: string
  readonly range?: readonly [number, number]
  readonly source: string
  readonly usedIn?: string
}

export interface Provenance {
  readonly command?: string
  /** `rows` where the flow has no stop of the file (id or label = path). */
  readonly inputs: readonly { readonly path: string; readonly sha256: string; readonly bytes: number; readonly rows?: number }[]
  readonly steps?: readonly { readonly name: string; readonly fingerprint: string; readonly output?: string }[]
  readonly versions: readonly { readonly name: string; readonly version: string }[]
  readonly options: readonly { readonly name: string; readonly value: CellValue }[]
  readonly seeds: readonly { readonly name: string; readonly value: number }[]
}

/** A fact the reader must know; `warning` is also shown at the top of the page. */
export interface PageNote {
  readonly kind: 'warning' | 'note'
  readonly text: string
  /** Step or table it belongs to. */
  readonly where?: string
}

export interface PageModel {
  readonly title: string
  readonly subtitle?: string
  /** The answer in a few sentences; prose rules of `PageBlock`. */
  readonly summary?: string
  /** Up to four numbers that answer the question. */
  readonly highlights?: readonly {
    readonly label: string
    readonly value: CellValue
    readonly format?: NumberFormat
    readonly note?: string
  }[]
  readonly flow: readonly FlowStep[]
  readonly quarantine?: readonly QuarantineExample[]
  readonly sections: readonly PageSection[]
  readonly scenarios: readonly ScenarioReport[]
  readonly assumptions: readonly Assumption[]
  readonly provenance: Provenance
  readonly notes: readonly PageNote[]
  /** `--min-cell N`; the page is masked before it is rendered. */
  readonly minCell?: number
}

/** What `--min-cell` hid. `secondary` cells are hidden only so that others cannot be recomputed. */
export interface MaskReport {
  readonly minCell: number
  readonly cells: { readonly primary: number; readonly secondary: number }
  /** Points, bars, curves and places of figures. */
  readonly marks: number
  readonly items: readonly { readonly id: string; readonly primary: number; readonly secondary: number; readonly marks: number }[]
}
