/**
 * A relation as a Parquet file whose bytes depend on its rows only: key order, fixed row groups, zstd. The file is written
 * beside its target and renamed when it is whole and its keys are unique.
 */
import { renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { ReshoreError } from '../errors.js'
import { cannotWrite } from '../fileErrors.js'
import { makeFolder } from '../makeFolder.js'
import { duckDbDialect } from './dialect.js'
import { engineError } from './engineError.js'
import { globLiteral } from './glob.js'
import type { Relation, Sql } from './records.js'
import { renderRelation, renderSql } from './render.js'
import { id, join, sql } from './sql.js'

const rowGroupSize = 122_880
/**
 * Compressing lightly, and giving up dictionaries of more values than this (measures and firm ids; codes have fewer), halves the
 * time of writing wide tables of doubles and leaves their size within a few percent.
 */
const writing = 'COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 5000'
const examples = 3

/** Number of rows written. Duplicate keys are an error with examples, and the target is left as it was. */
export async function writeParquet(connection: DuckDBConnection, relation: Relation, path: string): Promise<{ rows: number }> {
  const temporary = `${path}.partial`
  prepareTarget(path)
  try {
    const options = `FORMAT parquet, ${writing}, ROW_GROUP_SIZE ${rowGroupSize}`
    const rows = renderRelation(relation, duckDbDialect)
    const written = await connection.run(`COPY (\n${rows}\n) TO ${duckDbDialect.literal(temporary)} (${options})`)
    await checkKey(connection, relation, temporary, written.rowsChanged)
    renameSync(temporary, path)
    return { rows: written.rowsChanged }
  } catch (error) {
    rmSync(temporary, { force: true })
    throw engineError(error, relation.name)
  }
}

async function checkKey(connection: DuckDBConnection, relation: Relation, path: string, rows: number): Promise<void> {
  const { name, key, source } = relation
  if (key.length === 0) {
    if (rows <= 1 || source) return
    throw new ReshoreError(
      'KeyError',
      `relation \`${name}\` has ${rows} rows and no key`,
      'Declare the columns that identify a row.',
    )
  }
  const columns = key.map((column) => id(column))
  const file = sql`read_parquet(${globLiteral(path)})`
  const run = async (query: Sql): Promise<readonly (readonly unknown[])[]> => {
    const result = await connection.run(renderSql(query, duckDbDialect, () => ''))
    return result.getRowsJS()
  }
  // Equal keys are neighbours in the file: looking back one row takes no memory and a fraction of a GROUP BY.
  const before = columns.map((_, index) => id(`before ${index}`))
  const lags = columns.map((column, index) => sql`lag(${column}) OVER () AS ${before[index]!}`)
  const same = join(columns.map((column, index) => sql`${column} IS NOT DISTINCT FROM ${before[index]!}`), ' AND ')
  const neighbours = sql`SELECT ${columns}, ${lags}, row_number() OVER () AS place FROM ${file}`
  const [[repeated]] = (await run(sql`SELECT count(*) FROM (${neighbours}) WHERE place > 1 AND ${same}`)) as [[bigint]]
  if (repeated === 0n) return
  const shown = sql`concat_ws(', ', ${columns.map((column) => sql`coalesce(CAST(${column} AS VARCHAR), 'missing')`)})`
  const duplicates = await run(sql`
    SELECT ${shown}, count(*) FROM ${file} GROUP BY ${columns} HAVING count(*) > 1 ORDER BY ${columns} LIMIT ${examples}`)
  const list = duplicates.map(([values, count]) => `(${String(values)}) ${String(count)} times`).join('; ')
  throw new ReshoreError(
    'DuplicateKeyError',
    `relation \`${name}\` has rows with the same key (${key.join(', ')}): ${list}`,
    'Aggregate the duplicates, or declare the columns that identify a row.',
  )
}

/** Makes the folder; what stands at the target already must be a file, for a rename would replace anything. */
function prepareTarget(path: string): void {
  try {
    makeFolder(dirname(path))
  } catch (error) {
    throw cannotWrite(path, error)
  }
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw cannotWrite(path, 'it is no regular file')
}
