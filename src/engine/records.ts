/** Records of the engine: where relational work runs. Types only; any stage may import them. */
import type { RecordBatch, Table as ArrowTable } from 'apache-arrow'

export type { ArrowTable, RecordBatch }

export type Format = 'csv' | 'parquet' | 'arrow'

/** What a template may bind as a literal. */
export type SqlValue = string | number | bigint | boolean | null

/** The types that cross from an engine to arrays: Bool, Int32, Float64, dictionary-coded Utf8, Date32. */
export type SeamType = 'bool' | 'int' | 'float' | 'string' | 'date'

/** A string is SQL text written in our own code; everything that comes from data or users is one of the records. */
export type SqlPart =
  | string
  | { readonly kind: 'identifier'; readonly path: readonly string[] }
  | { readonly kind: 'value'; readonly value: SqlValue }
  | { readonly kind: 'type'; readonly type: SeamType }
  | { readonly kind: 'relation'; readonly relation: Relation }

/** A piece of SQL, still independent of the engine: made by the `sql` tag, rendered with the engine's dialect. */
export interface Sql {
  readonly parts: readonly SqlPart[]
}

/**
 * A named SELECT over other relations. Nothing runs until an engine is asked.
 * `key` identifies a row; `materialise` writes rows in key order, so that the bytes do not depend on threads. An empty key
 * says that there is one row, except for a source (a file, a registered table), which keeps the order it has.
 */
export interface Relation {
  readonly name: string
  readonly key: readonly string[]
  readonly query: Sql
  readonly source?: boolean
}

/** What differs between SQL engines. The `sql` tag uses it so that features need not. */
export interface Dialect {
  readonly name: string
  /** Quoted identifier. */
  identifier(name: string): string
  /** Literal for a bound value; a number with a fraction is a double, never a decimal. */
  literal(value: SqlValue): string
  /** Name of a type that crosses the seam, for CAST. */
  type(type: SeamType): string
}

/** How a text file separates its cells. */
export interface TextDialect {
  readonly delimiter: string
  /** Empty: no cell is quoted. */
  readonly quote: string
  /** What stands before a quote inside quotes; the quote itself where quotes are doubled. */
  readonly escape: string
  readonly header: boolean
  /** Lines before the header, or before the first row. */
  readonly skip: number
  readonly columns: number
}

/** The rows of a text file: columns `c0`, `c1`, … as text (an empty cell is missing), and `ordinal`, 0 for the first row. */
export interface TextRows {
  readonly rows: Relation
  readonly count: number
  /** Lines that have too many or too few cells, or quotes that do not close. */
  readonly rejected: readonly RejectedLine[]
}

export interface RejectedLine {
  /** In the file; after skipped lines perhaps that of the line feed before. */
  readonly offset: number
  readonly text: string
}

/** Where relational work runs. A relation is independent of the engine that runs it. */
export interface Engine {
  readonly name: string
  readonly dialect: Dialect
  /** A file as a relation; nothing is read yet. Rows keep the file's order unless a key is given. */
  scan(path: string, format: Format, options?: { readonly key?: readonly string[]; readonly name?: string }): Relation
  register(table: ArrowTable, options?: { readonly key?: readonly string[]; readonly name?: string }): Relation
  /** Small results, or the estimation sample, in key order. Only seam types cross. */
  query(relation: Relation): Promise<ArrowTable>
  /** The same rows in batches of a fixed size. */
  stream(relation: Relation): AsyncIterable<RecordBatch>
  /** Parquet (zstd) in key order, under a temporary name, then renamed. */
  materialise(relation: Relation, path: string): Promise<{ rows: number }>
  /** Evaluates a relation once; the rows stay with the engine, in key order, until it closes. */
  keep(relation: Relation): Promise<Relation>
  /** Forgets what `keep`, `readText` or `keepText` kept. */
  release(relation: Relation): Promise<void>
  /** Reads a UTF-8 text file in bulk and keeps its rows. */
  readText(path: string, dialect: TextDialect): Promise<TextRows>
  /** Keeps rows of text from a slower reader, in the shape of `readText`. */
  keepText(columns: number, rows: AsyncIterable<readonly (readonly (string | null)[])[]>): Promise<TextRows>
  close(): Promise<void>
}
