/**
 * The Engine contract on DuckDB in the process. One database in memory; one connection a query, so that streams may run beside
 * each other. Results leave as Arrow through `columns.ts`; files are written in key order under a temporary name and renamed.
 */
import { basename, extname } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBPreparedStatement } from '@duckdb/node-api'
import bindings from '@duckdb/node-bindings'
import { makeData, RecordBatch, Schema, Struct, Table } from 'apache-arrow'
import { isReshoreError, ReshoreError } from '../errors.js'
import { makeFolder } from '../makeFolder.js'
import { readArrowFile } from './arrowFile.js'
import { columnBuilder, type ColumnBuilder } from './columns.js'
import { duckDbDialect } from './dialect.js'
import { engineError } from './engineError.js'
import { globLiteral } from './glob.js'
import { loadArrow } from './loadArrow.js'
import { writeParquet } from './materialise.js'
import type { DuckDbSettings } from './open.js'
import type { ArrowTable, Engine, Format, Relation, Sql, TextRows } from './records.js'
import { lineage, renderRelation } from './render.js'
import { id, sql } from './sql.js'
import { keepText, readText } from './textRows.js'

const chunkRows = 2048
/** Rows of a streamed batch. */
const batchRows = 32 * chunkRows

/** Starts the engine; `openDuckDb` is the public door. */
export async function startDuckDb(settings: DuckDbSettings): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', configuration(settings))
  /** Sources that are loaded when a query first reads them. */
  const pending = new Map<Relation, () => Promise<void>>()
  /** Tables that hold what was kept, by the query that reads them. */
  const kept = new Map<Sql, string>()
  let sources = 0

  async function connected<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await instance.connect()
    try {
      return await work(connection)
    } finally {
      connection.closeSync()
    }
  }

  async function loadSources(relation: Relation): Promise<void> {
    for (const source of lineage(relation)) {
      const load = pending.get(source)
      if (load === undefined) continue
      await load()
      pending.delete(source)
    }
  }

  const newTable = (): string => `source ${++sources}`

  function lazySource(name: string, key: readonly string[], read: () => Promise<ArrowTable>): Relation {
    const tableName = newTable()
    const source: Relation = { name, key, query: sql`SELECT * FROM ${id(tableName)}`, source: true }
    let loading: Promise<void> | undefined
    pending.set(source, () => (loading ??= connected(async (connection) => loadArrow(connection, tableName, await read()))))
    return source
  }

  async function keptText(read: (connection: DuckDBConnection, tableName: string) => Promise<TextRows>): Promise<TextRows> {
    const tableName = newTable()
    const text = await connected((connection) => read(connection, tableName))
    kept.set(text.rows.query, tableName)
    return text
  }

  async function* batches(relation: Relation, rowsPerBatch: number): AsyncGenerator<RecordBatch> {
    await loadSources(relation)
    const connection = await instance.connect()
    try {
      const statement = await connection.prepare(renderRelation(relation, duckDbDialect))
      yield* toBatches(columnBuilders(statement, relation), await statement.run(), rowsPerBatch)
    } catch (error) {
      throw engineError(error, relation.name)
    } finally {
      connection.closeSync()
    }
  }

  async function keep(relation: Relation): Promise<Relation> {
    await loadSources(relation)
    const tableName = newTable()
    try {
      const statement = `CREATE TABLE ${duckDbDialect.identifier(tableName)} AS ${renderRelation(relation, duckDbDialect)}`
      await connected((connection) => connection.run(statement))
    } catch (error) {
      throw engineError(error, relation.name)
    }
    const rows: Relation = { name: relation.name, key: relation.key, query: sql`SELECT * FROM ${id(tableName)}`, source: true }
    kept.set(rows.query, tableName)
    return rows
  }

  async function release(relation: Relation): Promise<void> {
    const tableName = kept.get(relation.query)
    if (tableName === undefined) return
    kept.delete(relation.query)
    await connected((connection) => connection.run(`DROP TABLE ${duckDbDialect.identifier(tableName)}`))
  }

  return {
    name: 'duckdb',
    dialect: duckDbDialect,
    scan(path, format, { key = [], name = stem(path) } = {}) {
      if (format === 'arrow') return lazySource(name, key, () => readArrowFile(path))
      return { name, key, query: scanQuery(path, format), source: true }
    },
    register(table, { key = [], name = 'table' } = {}) {
      return lazySource(name, key, async () => table)
    },
    async query(relation) {
      const all: RecordBatch[] = []
      for await (const batch of batches(relation, Infinity)) all.push(batch)
      return new Table(all[0]!.schema, all)
    },
    stream: (relation) => batches(relation, batchRows),
    async materialise(relation, path) {
      await loadSources(relation)
      const write = (rows: Relation): Promise<{ rows: number }> => connected((connection) => writeParquet(connection, rows, path))
      try {
        return await write(relation)
      } catch (error) {
        if (!isReshoreError(error) || error.name !== 'EngineMemoryError' || relation.source || settings.temporaryDirectory === undefined) throw error
      }
      // Joins and the sort into key order do not fit into memory together: one after the other.
      const unordered = await keep({ ...relation, key: [] })
      try {
        return await write({ ...unordered, key: relation.key })
      } finally {
        await release(unordered)
      }
    },
    keep,
    release,
    readText: (path, dialect) => keptText((connection, tableName) => readText(connection, tableName, path, dialect)),
    keepText: (columns, rows) => keptText((connection, tableName) => keepText(connection, tableName, columns, rows)),
    async close() {
      instance.closeSync()
    },
  }
}

function configuration({ threads, memory, temporaryDirectory }: DuckDbSettings): Record<string, string> {
  if (temporaryDirectory !== undefined) makeFolder(temporaryDirectory)
  return {
    threads: String(threads),
    ...(memory === undefined ? {} : { memory_limit: engineShare(memory) }),
    temp_directory: temporaryDirectory ?? '',
    // Nothing is fetched at run time, and a division by zero is missing, not infinite.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    ieee_floating_point_ops: 'false',
  }
}

/** Three quarters of a size: parsers, line indexes and the Parquet writer need the rest. */
function engineShare(memory: string): string {
  const [, size, unit] = /^([\d.]+)\s*(\w+)$/.exec(memory)!
  return `${0.75 * Number(size)}${unit}`
}

/** Types are checked before anything runs. */
function columnBuilders(statement: DuckDBPreparedStatement, relation: Relation): readonly ColumnBuilder[] {
  return Array.from({ length: statement.columnCount }, (_, index) =>
    columnBuilder(statement.columnName(index), statement.columnTypeId(index), relation.name, index))
}

/**
 * Batches that end with the first chunk that fills them; a result without rows gives one empty batch, which carries the
 * schema. The result must be complete: DuckDB's own streaming results end at an error as if they were finished.
 */
function* toBatches(
  builders: readonly ColumnBuilder[], result: DuckDBMaterializedResult, rowsPerBatch: number,
): Generator<RecordBatch> {
  let left = result.rowCount
  let next = 0
  do {
    for (const builder of builders) builder.reserve(Math.min(left, rowsPerBatch + chunkRows))
    let rows = 0
    while (rows < Math.min(left, rowsPerBatch)) {
      const chunk = result.getChunk(next++)
      const count = chunk.rowCount
      for (const [index, builder] of builders.entries()) builder.append(bindings.data_chunk_get_vector(chunk.chunk, index), count)
      rows += count
    }
    yield toBatch(builders, rows)
    left -= rows
  } while (left > 0)
}

function toBatch(builders: readonly ColumnBuilder[], rows: number): RecordBatch {
  const schema = new Schema(builders.map(({ field }) => field))
  const children = builders.map((builder) => builder.finish())
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children }))
}

function scanQuery(path: string, format: Exclude<Format, 'arrow'>): Relation['query'] {
  if (format === 'parquet') return sql`SELECT * FROM read_parquet(${globLiteral(path)})`
  if (format === 'csv') return sql`SELECT * FROM read_csv(${globLiteral(path)}, header = true, sample_size = -1)`
  throw new ReshoreError('FormatError', `format \`${String(format)}\` cannot be scanned`, 'Use csv, parquet or arrow.', 2)
}

function stem(path: string): string {
  return basename(path, extname(path))
}
