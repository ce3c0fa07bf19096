/** Records of the engine: where relational work runs. Types only; any stage may import them. */
import type { RecordBatch, Table as ArrowTable } from 'apache-arrow'

export type { ArrowTable, RecordBatch }

export type Format = 'csv' | 'parquet' | 'arrow'

/** A piece of SQL with the relations it reads. Made by the `sql` tag only: identifiers are quoted, values are bound as escaped literals. */
export interface Sql {
  readonly text: string
  readonly inputs: readonly Relation[]
}

/**
 * A named SELECT over other relations. Nothing runs until an engine is asked.
 * `key` identifies a row; `materialise` writes rows in key order, so that the bytes do not depend on threads.
 */
export interface Relation {
  readonly name: string
  readonly key: readonly string[]
  readonly query: Sql
}

/** What differs between SQL engines. Features use these instead of engine-specific SQL. */
export interface Dialect {
  readonly name: string
  /** Quoted identifier. */
  identifier(name: string): string
  /** Literal for a bound value. */
  literal(value: string | number | bigint | boolean | null): string
}

/** Where relational work runs. A relation is independent of the engine that runs it. */
export interface Engine {
  readonly name: string
  readonly dialect: Dialect
  /** A file as a relation; nothing is read yet. */
  scan(path: string, format: Format): Relation
  register(table: ArrowTable): Relation
  /** Small results, or the estimation sample. Only seam types cross: Bool, Int32, Float64, dictionary Utf8, Date32. */
  query(relation: Relation): Promise<ArrowTable>
  stream(relation: Relation): AsyncIterable<RecordBatch>
  /** Parquet (zstd) in key order, under a temporary name, then renamed. */
  materialise(relation: Relation, path: string): Promise<{ rows: number }>
  close(): Promise<void>
}
