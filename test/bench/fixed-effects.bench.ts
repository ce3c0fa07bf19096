/**
 * Least squares and 2SLS with buyer and supplier effects on 1 and 4.5 million links, and PPML with three sets of effects on 400,000 flows,
 * beside pyfixest's fastest demeaner on the same columns in the same run. Ours is `seconds.design + seconds.fit` of a fit from a table
 * in memory, on one thread and on two, theirs the call on a loaded frame. Needs python3 with pyfixest; without it only our times are printed.
 *
 * FE_BENCH_ROWS (a list of sizes), FE_BENCH_FLOWS and FE_BENCH_RUNS override the sizes and the number of timed runs.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Float64, Int32, makeData, Table, Vector } from 'apache-arrow'
import { iv } from '../../src/estimate/models/iv.js'
import { ols } from '../../src/estimate/models/ols.js'
import { ppml } from '../../src/estimate/models/ppml.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'
import { median, printTable } from './table.js'

const SIZES = (process.env.FE_BENCH_ROWS ?? '1000000,4500000').split(',').map(Number)
const FLOWS = Number(process.env.FE_BENCH_FLOWS ?? 400_000)
const RUNS = Number(process.env.FE_BENCH_RUNS ?? 5)
/** Threads of ours. */
const THREADS = [1, 2]
/** A peer call that takes longer than this is not repeated. */
const patience = 30

type Columns = Readonly<Record<string, Float64Array | Int32Array>>

interface Case {
  readonly name: string
  readonly formula: string
  readonly fit: (formula: string, table: ArrowTable, settings: { readonly threads: number }) => Fit
  readonly model: string
}

export async function run(): Promise<void> {
  console.log(`\nFixed effects, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  for (const rows of SIZES) {
    compare(`${rows.toLocaleString('en')} links`, drawLinks(rows), [
      { name: 'OLS, two effects', model: 'ols', formula: 'y ~ x1 + x2 | buyer + supplier', fit: (...to) => ols(...to) },
      { name: '2SLS, two effects', model: 'iv', formula: 'y ~ x1 | buyer + supplier | x2 ~ z', fit: (...to) => iv(...to) },
    ])
  }
  if (FLOWS > 0) {
    compare(`${FLOWS.toLocaleString('en')} flows`, drawFlows(FLOWS), [
      { name: 'PPML, three effects', model: 'ppml', formula: 'flow ~ agreement + tariff | exporter_year + importer_year + pair', fit: (...to) => ppml(...to) },
    ])
  }
}

interface Theirs {
  readonly demeaner: string
  readonly seconds: number
  readonly names: readonly string[]
  readonly coefficients: readonly number[]
  readonly stdErrors: readonly number[]
}

function compare(title: string, columns: Columns, cases: readonly Case[]): void {
  const table = toTable(columns)
  const ours = cases.map(({ fit, formula }) => {
    // A fit holds its demeaned columns: of those that are only timed, seconds and numbers are kept.
    const bits = new Set<string>()
    const timed = (threads: number): number => {
      const { coefficients, vcov, seconds } = fit(formula, table, { threads })
      bits.add([...coefficients, ...vcov.matrix].join())
      return seconds.design + seconds.fit
    }
    const seconds = THREADS.map((threads) => median(Array.from({ length: RUNS + 1 }, () => timed(threads)).slice(1)))
    if (bits.size > 1) throw new Error(`${formula}: numbers depend on the number of threads`)
    return { fit: fit(formula, table, { threads: 1 }), seconds }
  })
  const theirs = pyfixest(columns, cases)
  const header = ['model', ...THREADS.map((threads) => `${threads} thread${threads === 1 ? '' : 's'}`), 'pyfixest', 'its demeaner', 'ratio to 1 thread', 'largest relative difference of β', 'of standard errors']
  printTable(`${title} (median of ${RUNS} warm runs, seconds)`, header, cases.map(({ name }, c) => {
    const { fit, seconds } = ours[c]!
    const times = seconds.map((time) => time.toFixed(3))
    const peer = theirs?.[c]
    if (!peer) return [name, ...times, '–', '–', '–', '–', '–']
    return [name, ...times, peer.seconds.toFixed(2), peer.demeaner, (peer.seconds / seconds[0]!).toFixed(1),
      difference(fit, (j) => fit.coefficients[j]!, peer, peer.coefficients), difference(fit, (j) => Math.sqrt(fit.vcov.matrix[j * (fit.terms.length + 1)]!), peer, peer.stdErrors)]
  }))
}

function difference({ terms }: Fit, value: (at: number) => number, { names }: Theirs, theirs: readonly number[]): string {
  return Math.max(...terms.map((term, j) => Math.abs(value(j) / theirs[names.indexOf(term)]! - 1))).toExponential(1)
}

/** Links of firms that buy from some five suppliers each; few suppliers have very many buyers. */
function drawLinks(rows: number): Columns {
  const stream = randomStream(1, 'fixed effects bench', String(rows))
  const firms = Math.round(rows / 5)
  const [buying, selling] = [draws(firms, () => stream.normal()), draws(firms, () => stream.normal())]
  const [buyer, supplier] = [new Int32Array(rows), new Int32Array(rows)]
  const [y, x1, x2, z] = [0, 1, 2, 3].map(() => new Float64Array(rows)) as [Float64Array, Float64Array, Float64Array, Float64Array]
  for (let row = 0; row < rows; row++) {
    const [b, s] = [Math.floor(firms * stream.uniform()), Math.floor(firms * stream.uniform() ** 3)]
    const shock = stream.normal()
    buyer[row] = b
    supplier[row] = s
    x1[row] = stream.normal() + buying[b]!
    z[row] = stream.normal() + selling[s]!
    x2[row] = 0.5 * z[row]! + 0.5 * shock + stream.normal()
    y[row] = 0.3 * x1[row]! - 0.2 * x2[row]! + buying[b]! + selling[s]! + shock
  }
  return { buyer, supplier, y, x1, x2, z }
}

/** Flows of exporters to importers over years, a fifth of them zero. */
function drawFlows(rows: number): Columns {
  const stream = randomStream(1, 'ppml bench')
  const years = 10
  const countries = Math.ceil(Math.sqrt(rows / years))
  const effect = [draws(countries * years, () => stream.normal()), draws(countries * years, () => stream.normal()), draws(countries * countries, () => stream.normal())]
  const names = ['exporter_year', 'importer_year', 'pair'] as const
  const ids = names.map(() => new Int32Array(rows))
  const [flow, agreement, tariff] = [0, 1, 2].map(() => new Float64Array(rows)) as [Float64Array, Float64Array, Float64Array]
  for (let row = 0; row < rows; row++) {
    const year = row % years
    const pair = Math.floor(row / years)
    const at = [Math.floor(pair / countries) * years + year, (pair % countries) * years + year, pair]
    at.forEach((level, e) => (ids[e]![row] = level))
    agreement[row] = stream.uniform() < 0.2 + 0.03 * year ? 1 : 0
    tariff[row] = stream.uniform()
    const index = 0.3 * agreement[row]! - 0.5 * tariff[row]! + at.reduce((sum, level, e) => sum + effect[e]![level]!, 0)
    flow[row] = stream.uniform() < 0.2 ? 0 : Math.exp(index) * 2 * stream.uniform()
  }
  return { ...Object.fromEntries(names.map((name, e) => [name, ids[e]!])), flow, agreement, tariff }
}

const draws = (length: number, draw: () => number): Float64Array => Float64Array.from({ length }, draw)

function toTable(columns: Columns): ArrowTable {
  const vector = (data: Float64Array | Int32Array): Vector => (data instanceof Int32Array ? new Vector([makeData({ type: new Int32(), data })]) : new Vector([makeData({ type: new Float64(), data })]))
  return new Table(Object.fromEntries(Object.entries(columns).map(([name, data]) => [name, vector(data)]))) as ArrowTable
}

/** The calls in Python on the same columns; undefined where it is not there. */
function pyfixest(columns: Columns, cases: readonly Case[]): Theirs[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'fixed-effects-bench-'))
  try {
    const paths = Object.fromEntries(Object.entries(columns).map(([name, values]) => {
      const path = join(folder, name)
      writeFileSync(path, new Uint8Array(Float64Array.from(values).buffer))
      return [name, path]
    }))
    const [spec, json] = [join(folder, 'spec.json'), join(folder, 'times.json')]
    const ids = Object.keys(columns).filter((name) => columns[name] instanceof Int32Array)
    writeFileSync(spec, JSON.stringify({ columns: paths, ids, runs: Math.min(RUNS, 3), patience, cases: cases.map(({ model, formula }) => ({ model, formula })) }))
    execFileSync('python3', [fileURLToPath(new URL('fixed-effects.bench.py', import.meta.url)), spec, json], { stdio: ['ignore', 'inherit', 'inherit'] })
    return (JSON.parse(readFileSync(json, 'utf8')) as { results: Theirs[] }).results
  } catch (error) {
    console.log(`pyfixest was not run: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
