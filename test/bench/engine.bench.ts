/**
 * The seam and the files: a result of 4.5 million rows as Arrow, against DuckDB's own row objects; Parquet in key order, with the
 * check that keys are unique.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { openDuckDb, relation, type Relation } from '../../src/engine/index.js'
import { median, printTable } from './table.js'

const rows = 4_500_000
const runs = 3

const links = (columns: string): Relation => relation('links', { key: [] }, { parts: [`SELECT ${columns} FROM range(${rows}) AS r(i)`] })
const cases: readonly (readonly [string, string])[] = [
  ['2 integers', 'CAST(i AS INTEGER) AS a, CAST(i % 7 AS INTEGER) AS b'],
  ['10 doubles', Array.from({ length: 10 }, (_, k) => `i * ${k}.5e0 AS x${k}`).join(', ')],
  ['2 ids of 9 digits, 900,000 firms', "CAST(100000000 + (i * 7919) % 900000 AS VARCHAR) AS buyer, CAST(100000000 + i // 5 AS VARCHAR) AS supplier"],
  ['a text of 30 bytes, 1,000 levels', "'an industry with a long name ' || CAST(i % 1000 AS VARCHAR) AS s"],
]

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'reshore-bench-'))
  const engine = await openDuckDb({ threads: 2 })
  const table: string[][] = []
  for (const [name, columns] of cases) {
    const time = await seconds(async () => void (await engine.query(links(columns))))
    table.push([name, time.toFixed(2), name === '2 integers' ? (await rowObjects(columns)).toFixed(2) : ''])
  }
  printTable(`${rows} rows from DuckDB to Arrow, seconds (median of ${runs})`, ['columns', 'query', 'row objects'], table)
  const keyed: Relation = { ...links(`${cases[2]![1]}, i AS link`), key: ['buyer', 'supplier', 'link'] }
  const time = await seconds(async () => void (await engine.materialise(keyed, join(folder, 'links.parquet'))))
  printTable('materialise 4.5 million links in key order, keys checked', ['seconds'], [[time.toFixed(2)]])
  await engine.close()
  rmSync(folder, { recursive: true })
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const times: number[] = []
  for (let run = 0; run <= runs; run++) {
    const start = performance.now()
    await work()
    if (run > 0) times.push((performance.now() - start) / 1000)
  }
  return median(times)
}

/** What a program would do without the seam. */
async function rowObjects(columns: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  const start = performance.now()
  await (await connection.run(`SELECT ${columns} FROM range(${rows}) AS r(i)`)).getRowObjectsJS()
  connection.closeSync()
  instance.closeSync()
  return (performance.now() - start) / 1000
}
