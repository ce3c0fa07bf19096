/** Parquet files as tables: every column becomes one of the seam types without losing anything, or is refused by name. */
import { globLiteral, id, relation, sql, type ArrowTable, type Engine, type Relation, type Sql } from '../engine/index.js'
import { ReshoreError } from '../errors.js'
import { wantedColumn } from './columnNames.js'

const exactInteger = 9007199254740992
const integer32 = 2147483647

/** The table in a Parquet file, rows in the file's order; `wanted` names the columns to read, as far as the file has them. */
export async function readParquet(engine: Engine, path: string, wanted?: readonly string[]): Promise<ArrowTable> {
  const file = engine.scan(path, 'parquet')
  const isWanted = wantedColumn(wanted)
  const description = sql`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(${globLiteral(path)}))`
  const described = await engine.query(relation('columns', { key: [] }, description))
  const columns = described.toArray()
    .map((row) => ({ name: String(row.column_name), type: String(row.column_type) }))
    .filter(({ name }) => isWanted(name))
  const casts: Sql[] = []
  for (const { name, type } of columns) casts.push(sql`${await seamCast(engine, file, name, type)} AS ${id(name)}`)
  return engine.query(relation(file.name, { key: [] }, sql`SELECT ${casts} FROM ${file}`))
}

async function seamCast(engine: Engine, file: Relation, name: string, type: string): Promise<Sql> {
  const column = id(name)
  if (['BOOLEAN', 'INTEGER', 'VARCHAR', 'DATE'].includes(type)) return column
  if (/^U?(TINY|SMALL)INT$/.test(type)) return sql`CAST(${column} AS INTEGER)`
  if (type === 'FLOAT' || type === 'DOUBLE') return sql`CASE WHEN isnan(${column}) THEN NULL ELSE CAST(${column} AS DOUBLE) END`
  if (type.startsWith('DECIMAL')) return sql`CAST(${column} AS DOUBLE)`
  if (type.startsWith('ENUM') || type === 'UUID') return sql`CAST(${column} AS VARCHAR)`
  if (/^(U?BIGINT|U?HUGEINT|UINTEGER)$/.test(type)) return integerCast(engine, file, name)
  if (type.startsWith('TIMESTAMP')) return timestampCast(engine, file, name, type)
  throw new ReshoreError('SeamTypeError', `column \`${name}\` of ${file.name} has type ${type}, which cannot be read`,
    'Write it as boolean, integer, double, text or date, or leave it out.')
}

/** INTEGER where all values fit, DOUBLE while every integer is exact. */
async function integerCast(engine: Engine, file: Relation, name: string): Promise<Sql> {
  const column = id(name)
  const bounds = await engine.query(relation('bounds', { key: [] }, sql`
    SELECT coalesce(CAST(min(${column}) AS DOUBLE), 0e0) AS lowest, coalesce(CAST(max(${column}) AS DOUBLE), 0e0) AS highest
    FROM ${file}`))
  const largest = Math.max(-Number(bounds.getChild('lowest')!.get(0)), Number(bounds.getChild('highest')!.get(0)))
  if (largest >= exactInteger) {
    throw new ReshoreError('SeamTypeError', `column \`${name}\` of ${file.name} holds integers beyond 2^53`, 'Write ids as text.')
  }
  return largest <= integer32 ? sql`CAST(${column} AS INTEGER)` : sql`CAST(${column} AS DOUBLE)`
}

async function timestampCast(engine: Engine, file: Relation, name: string, type: string): Promise<Sql> {
  const time = sql`CAST(${id(name)} AS TIMESTAMP)`
  const test = await engine.query(relation('days', { key: [] }, sql`
    SELECT coalesce(bool_and(${time} = CAST(${time} AS DATE)), TRUE) AS whole FROM ${file}`))
  if (test.getChild('whole')!.get(0) === true) return sql`CAST(${time} AS DATE)`
  throw new ReshoreError(
    'SeamTypeError',
    `column \`${name}\` of ${file.name} is a ${type} with times of day`,
    'Write it as a date or as a number.',
  )
}
