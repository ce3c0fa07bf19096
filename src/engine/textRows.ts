/**
 * Rows of text in DuckDB, in file order: read in bulk from a UTF-8 file, lines of the wrong shape set aside, or appended from
 * a slower reader.
 */
import { DuckDBDataChunk, VARCHAR, type DuckDBConnection } from '@duckdb/node-api'
import bindings from '@duckdb/node-bindings'
import { duckDbDialect } from './dialect.js'
import { engineError } from './engineError.js'
import { globLiteral } from './glob.js'
import type { Relation, TextDialect, TextRows } from './records.js'
import { renderSql } from './render.js'
import { id, join, sql } from './sql.js'

const chunkRows = 2048

/** The file's rows; a file whose line ends are mixed is a `CsvDialectError`. */
export async function readText(
  connection: DuckDBConnection, tableName: string, path: string, dialect: TextDialect,
): Promise<TextRows> {
  const { delimiter, quote, escape, header, skip } = dialect
  const types = join(positions(dialect.columns).map((column) => sql`${column}: 'VARCHAR'`))
  const marks = sql`delim = ${delimiter}, quote = ${quote}, escape = ${escape}`
  const options = sql`auto_detect = false, header = ${header}, skip = ${skip}, ${marks}, columns = {${types}}, store_rejects = true`
  const file = sql`read_csv(${globLiteral(path)}, ${options})`
  try {
    await connection.run(renderSql(sql`CREATE TABLE ${id(tableName)} AS SELECT * FROM ${file}`, duckDbDialect, () => ''))
    const rejects = await connection.run(
      'SELECT DISTINCT CAST(line_byte_position - 1 AS DOUBLE) AS start, csv_line FROM reject_errors ORDER BY start'
    )
    const rejected = (await rejects.getRowsJS()).map(([offset, text]) => ({ offset: Number(offset), text: String(text) }))
    return { rows: textRelation(tableName, dialect.columns), count: await countRows(connection, tableName), rejected }
  } catch (error) {
    throw engineError(error, path)
  }
}

/** Rows appended batch by batch. */
export async function keepText(
  connection: DuckDBConnection, tableName: string, columns: number, batches: AsyncIterable<readonly (readonly (string | null)[])[]>,
): Promise<TextRows> {
  const names = positions(columns).map((name) => `${name} VARCHAR`)
  await connection.run(`CREATE TABLE ${duckDbDialect.identifier(tableName)} (${names.join(', ')})`)
  const appender = await connection.createAppender(tableName)
  let count = 0
  for await (const rows of batches) {
    for (let start = 0; start < rows.length; start += chunkRows) appender.appendDataChunk(
      textChunk(rows.slice(start, start + chunkRows), columns)
    )
    count += rows.length
  }
  appender.closeSync()
  return { rows: textRelation(tableName, columns), count, rejected: [] }
}

function textChunk(rows: readonly (readonly (string | null)[])[], columns: number): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(new Array<typeof VARCHAR>(columns).fill(VARCHAR), rows.length)
  for (let column = 0; column < columns; column++) {
    const vector = bindings.data_chunk_get_vector(chunk.chunk, column)
    const valid = new Uint8Array(Math.ceil(rows.length / 64) * 8)
    for (const [row, cells] of rows.entries()) {
      const cell = cells[column]
      if (cell === null || cell === undefined) continue
      valid[row >> 3]! |= 1 << (row & 7)
      bindings.vector_assign_string_element(vector, row, cell)
    }
    bindings.vector_ensure_validity_writable(vector)
    bindings.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, valid.byteLength)
  }
  return chunk
}

/** Row ids of a table that is only appended to count its rows in file order. */
function textRelation(tableName: string, columns: number): Relation {
  const cells = positions(columns).map((column) => id(column))
  const query = sql`SELECT CAST(rowid AS INTEGER) AS ordinal, ${cells} FROM ${id(tableName)}`
  return { name: 'text', key: ['ordinal'], query, source: true }
}

async function countRows(connection: DuckDBConnection, tableName: string): Promise<number> {
  const counted = await connection.run(`SELECT CAST(count(*) AS DOUBLE) FROM ${duckDbDialect.identifier(tableName)}`)
  return Number((await counted.getColumnsJS())[0]![0])
}

function positions(columns: number): readonly string[] {
  return Array.from({ length: columns }, (_, index) => `c${index}`)
}
