/**
 * CSV to tables: a plain file of a million rows by `readTable`, and a Shift_JIS link file through schema and quarantine, against
 * what fast-csv needs for the same bytes alone; then the plain file beside pandas and pyarrow in the same run, where python3 has them.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseFile } from 'fast-csv'
import iconv from 'iconv-lite'
import { openDuckDb } from '../../src/engine/index.js'
import { defineSchema, ingest, readTable } from '../../src/ingest/index.js'
import { randomStream } from '../../src/numerics/random.js'
import { median, printTable } from './table.js'

const rows = 1_000_000
const runs = 3
const industries = ['製造業', '卸売業', '小売業', '建設業', '情報通信業']

const schema = defineSchema({
  encoding: 'shift_jis',
  tables: {
    links: {
      files: 'links.csv', key: ['buyer', 'supplier', 'rank'],
      columns: {
        buyer: { from: '発注企業コード', type: 'string' }, supplier: { from: '受注企業コード', type: 'string' },
        rank: { from: '順位', type: 'int', range: [1, 24] }, industry: { from: '業種', type: 'category', values: industries },
      },
    },
  },
})

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'reshore-bench-'))
  const [panel, links] = [join(folder, 'panel.csv'), join(folder, 'links.csv')]
  writeFileSync(panel, panelText())
  writeFileSync(links, iconv.encode(linksText(), 'shift_jis'))
  const engine = await openDuckDb({ threads: 2 })
  const measured = [
    [`readTable, 10 columns, ${megabytes(panel)}`, await seconds(async () => void (await readTable(panel, { threads: 2 }))), await fastCsv(panel)],
    [`ingest, Shift_JIS, 4 columns, ${megabytes(links)}`, await seconds(async () => {
      const { tables } = await ingest(engine, schema, [links], { folder })
      await engine.release(tables.links!)
    }), await fastCsv(links)],
  ] as const
  printTable(`${rows} rows, seconds (median of ${runs})`, ['', 'reshore', 'fast-csv alone'], measured.map(([name, ours, theirs]) => [name, ours.toFixed(2), theirs.toFixed(2)]))
  await engine.close()
  const theirs = peers(panel, join(folder, 'times.json'))
  if (theirs !== undefined) {
    const names = Object.keys(theirs.seconds)
    printTable(`UTF-8 CSV to a typed table, two threads, seconds (${JSON.stringify(theirs.versions)})`, ['reshore', ...names],
      [[measured[0][1].toFixed(2), ...names.map((name) => theirs.seconds[name]!.toFixed(2))]])
  }
  rmSync(folder, { recursive: true })
}

interface Peers {
  readonly seconds: Readonly<Record<string, number>>
  readonly versions: Readonly<Record<string, string>>
}

function peers(csv: string, json: string): Peers | undefined {
  try {
    execFileSync('python3', [fileURLToPath(new URL('ingest.bench.py', import.meta.url)), csv, json, String(runs)], { stdio: ['ignore', 'inherit', 'inherit'] })
    return JSON.parse(readFileSync(json, 'utf8')) as Peers
  } catch (error) {
    console.log(`pandas and pyarrow were not run: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    return undefined
  }
}

function panelText(): string {
  const stream = randomStream(1, 'panel')
  const line = (i: number): string => {
    const numbers = Array.from({ length: 5 }, () => stream.normal()).join(',')
    return `${i % 50_000},${2000 + Math.floor(i / 50_000)},${numbers},R${i % 110},${i % 2},${i % 3 === 0 ? 'TRUE' : 'FALSE'}`
  }
  return `firm,year,x1,x2,x3,x4,y,region,flag,active\n${Array.from({ length: rows }, (_, i) => line(i)).join('\n')}\n`
}

function linksText(): string {
  const stream = randomStream(1, 'links')
  const line = (i: number): string => `${100_000_000 + stream.integer(200_000)},${100_000_000 + (i % 200_000)},${Math.floor(i / 200_000) + 1},${industries[i % 5]}`
  return `発注企業コード,受注企業コード,順位,業種\r\n${Array.from({ length: rows }, (_, i) => line(i)).join('\r\n')}\r\n`
}

const megabytes = (path: string): string => `${Math.round(statSync(path).size / 1e6)} MB`

async function seconds(work: () => Promise<void>): Promise<number> {
  const times: number[] = []
  for (let run = 0; run <= runs; run++) {
    const start = performance.now()
    await work()
    if (run > 0) times.push((performance.now() - start) / 1000)
  }
  return median(times)
}

/** Rows of text, once: no types, no checks, no encoding. */
function fastCsv(path: string): Promise<number> {
  const start = performance.now()
  return new Promise((resolve, reject) => {
    parseFile(path).on('data', () => undefined).on('error', reject).on('end', () => resolve((performance.now() - start) / 1000))
  })
}
