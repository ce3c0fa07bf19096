/**
 * 2SLS with many instruments, all diagnostics on, beside linearmodels and pyfixest on the same columns in the same run: data in the shape of
 * Angrist and Krueger (1991, Table VII), where quarters of birth by year and by state are 180 instruments for schooling. Theirs are
 * coefficients and standard errors without any test of the instruments, once. Needs python3 with both;
 * without it only our times are printed.
 *
 * IV_BENCH_ROWS, IV_BENCH_RUNS and IV_BENCH_PEERS override the size, the number of timed runs and the peers (linearmodels takes minutes).
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tableFromArrays } from 'apache-arrow'
import { cluster } from '../../src/estimate/vcov/cluster.js'
import { iid, robust } from '../../src/estimate/vcov/heteroskedastic.js'
import { iv } from '../../src/estimate/models/iv.js'
import type { ArrowTable, VcovEstimator } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'
import { median, printTable } from './table.js'

const ROWS = Number(process.env.IV_BENCH_ROWS ?? 329_509)
const RUNS = Number(process.env.IV_BENCH_RUNS ?? 3)
const PEERS = (process.env.IV_BENCH_PEERS ?? 'linearmodels,pyfixest').split(',')
const years = 10
const states = 51

interface Case {
  readonly name: string
  readonly exogenous: readonly string[]
  readonly effects: string
  readonly instruments: readonly string[]
  readonly vcov: VcovEstimator
  /** What the peers call the covariance. */
  readonly covariance: 'iid' | 'robust' | 'cluster'
}

const byYear = Array.from({ length: years }, (_, year) => [2, 3, 4].map((quarter) => `q${quarter}_y${year}`)).flat()
const byState = Array.from({ length: states - 1 }, (_, state) => [2, 3, 4].map((quarter) => `q${quarter}_s${state + 1}`)).flat()
const all = [...byYear, ...byState]
const yearDummies = Array.from({ length: years - 1 }, (_, year) => `year${year + 1}`)
const stateDummies = Array.from({ length: states - 1 }, (_, state) => `state${state + 1}`)
const dummies = [...yearDummies, ...stateDummies]

const cases: readonly Case[] = [
  { name: '30 instruments, 9 dummies, iid', exogenous: yearDummies, effects: '', instruments: byYear, vcov: iid(), covariance: 'iid' },
  { name: '180 instruments, 59 dummies, iid', exogenous: dummies, effects: '', instruments: all, vcov: iid(), covariance: 'iid' },
  { name: '180 instruments, 59 dummies, robust', exogenous: dummies, effects: '', instruments: all, vcov: robust(), covariance: 'robust' },
  { name: '180 instruments, two effects, robust', exogenous: [], effects: ' | year + state', instruments: all, vcov: robust(), covariance: 'robust' },
  { name: '180 instruments, two effects, clusters', exogenous: [], effects: ' | year + state', instruments: all, vcov: cluster('cell'), covariance: 'cluster' },
]
const formulaOf = ({ exogenous, effects, instruments }: Case): string => `wage ~ ${exogenous.join(' + ') || '1'}${effects} | schooling ~ ${instruments.join(' + ')}`

interface Timed {
  readonly wall: number
  readonly processor: number
  readonly estimate: number
  readonly stdError: number
}
type Theirs = Partial<Record<'linearmodels' | 'pyfixest', Timed>>

export async function run(): Promise<void> {
  console.log(`\nMany instruments, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  const columns = drawCensus(ROWS)
  const table = tableFromArrays({ ...columns }) as unknown as ArrowTable
  const ours = cases.map((one) => medianOf(Array.from({ length: RUNS }, () => timed(formulaOf(one), table, one.vcov))))
  const theirs = peers(columns)
  const cells = (peer: Timed | undefined, own: Timed): string[] => (peer
    ? [peer.wall.toFixed(1), peer.processor.toFixed(1), (peer.estimate / own.estimate - 1).toExponential(0), (peer.stdError / own.stdError - 1).toExponential(0)]
    : ['–', '–', '–', '–'])
  printTable(`${ROWS.toLocaleString('en')} rows (seconds, and those of the processor; relative differences of estimate and standard error)`,
    ['2SLS', 'ours', 'processor', 'linearmodels', 'processor', 'β', 's.e.', 'pyfixest', 'processor', 'β', 's.e.'],
    cases.map(({ name }, c) => [name, ours[c]!.wall.toFixed(1), ours[c]!.processor.toFixed(1), ...cells(theirs[c]?.linearmodels, ours[c]!), ...cells(theirs[c]?.pyfixest, ours[c]!)]))
}

function timed(formula: string, table: ArrowTable, vcov: VcovEstimator): Timed {
  const [start, used] = [performance.now(), process.cpuUsage()]
  const { coefficients, vcov: { matrix } } = iv(formula, table, { vcov, scores: 'drop' })
  const { user, system } = process.cpuUsage(used)
  return { wall: (performance.now() - start) / 1000, processor: (user + system) / 1e6, estimate: coefficients[coefficients.length - 1]!, stdError: Math.sqrt(matrix[matrix.length - 1]!) }
}

function medianOf(runs: readonly Timed[]): Timed {
  return { ...runs[0]!, wall: median(runs.map(({ wall }) => wall)), processor: median(runs.map(({ processor }) => processor)) }
}

/** The calls in Python on the same columns; empty where it is not there. */
function peers(columns: Readonly<Record<string, Float64Array>>): Theirs[] {
  const folder = mkdtempSync(join(tmpdir(), 'iv-bench-'))
  try {
    const paths = Object.fromEntries(Object.entries(columns).map(([name, values]) => {
      writeFileSync(join(folder, name), new Uint8Array(values.buffer))
      return [name, join(folder, name)]
    }))
    const asked = cases.map((one) => ({ formula: formulaOf(one), exogenous: one.exogenous, instruments: one.instruments, covariance: one.covariance, absorbed: one.effects !== '' }))
    const [spec, json] = [join(folder, 'spec.json'), join(folder, 'times.json')]
    writeFileSync(spec, JSON.stringify({ columns: paths, cases: asked, peers: PEERS }))
    execFileSync('python3', [fileURLToPath(new URL('iv.bench.py', import.meta.url)), spec, json], { stdio: ['ignore', 'inherit', 'inherit'] })
    return JSON.parse(readFileSync(json, 'utf8')) as Theirs[]
  } catch (error) {
    console.log(`The peers were not run: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    return []
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Men by year and state of birth: schooling moves with the quarter of birth, a little and not alike everywhere. */
function drawCensus(rows: number): Readonly<Record<string, Float64Array>> {
  const stream = randomStream(1, 'iv bench')
  const columns: Record<string, Float64Array> = {}
  for (const name of ['wage', 'schooling', 'year', 'state', 'cell', ...yearDummies, ...stateDummies, ...all]) columns[name] = new Float64Array(rows)
  const moved = Array.from({ length: 4 * states }, () => 0.05 * stream.normal())
  for (let row = 0; row < rows; row++) {
    const quarter = 1 + Math.floor(4 * stream.uniform())
    const year = Math.floor(years * stream.uniform())
    const state = Math.floor(states * stream.uniform() ** 2)
    const ability = stream.normal()
    const schooling = 12 + 0.05 * quarter + moved[4 * state + quarter - 1]! + 0.02 * year + 2 * ability + 2.5 * stream.normal()
    columns.schooling![row] = schooling
    columns.wage![row] = 5 + 0.08 * schooling + 0.2 * ability + 0.01 * year + Math.exp(-0.02 * schooling) * 0.6 * stream.normal()
    columns.year![row] = year
    columns.state![row] = state
    columns.cell![row] = years * state + year
    if (year > 0) columns[`year${year}`]![row] = 1
    if (state > 0) columns[`state${state}`]![row] = 1
    if (quarter === 1) continue
    columns[`q${quarter}_y${year}`]![row] = 1
    if (state > 0) columns[`q${quarter}_s${state}`]![row] = 1
  }
  return columns
}
