/** Small CSV files -> Arrow tables for reference tests: numbers where every cell is one, text otherwise; empty, NA and . are missing. */
import { Dictionary, Float64, Int32, Table, Utf8, vectorFromArray, type Vector } from 'apache-arrow'
import { readFileSync } from 'node:fs'
import type { ArrowTable } from '../../src/estimate/records.js'

const missing = new Set(['', 'NA', '.'])

/** The table of a file; of the rows for which `keep` holds, where it is given. */
export function csvTable(path: string, keep?: (cell: (name: string) => string) => boolean): ArrowTable {
  const [header, ...all] = readFileSync(path, 'utf8').trim().split(/\r?\n/).map(splitLine)
  const rows = keep ? all.filter((row) => keep((name) => row[header!.indexOf(name)]!)) : all
  const columns = header!.map((name, j): [string, Vector] => {
    const cells = rows.map((row) => (missing.has(row[j]!) ? null : row[j]!))
    const numeric = cells.every((cell) => cell === null || Number.isFinite(Number(cell)))
    return [name, numeric
      ? vectorFromArray(cells.map((cell) => (cell === null ? null : Number(cell))), new Float64())
      : vectorFromArray(cells, new Dictionary(new Utf8(), new Int32()))]
  })
  return new Table(Object.fromEntries(columns)) as ArrowTable
}

function splitLine(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[2]!)
}
