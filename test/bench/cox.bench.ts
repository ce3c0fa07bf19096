/**
 * Cox on 1,000,000 start–stop rows and five covariates against `survival::coxph` on the same file in the same run, plain and with firm
 * clusters. Ours is `seconds.design + seconds.fit` of a fit from a table in memory, theirs the call on a loaded frame. Coefficients and
 * standard errors of the two are compared as well. Needs Rscript with survival; without it only our times are printed.
 *
 * COX_BENCH_ROWS and COX_BENCH_RUNS override the size and the number of timed runs.
 */
import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Bool, Float64, Int32, makeData, Table, Vector } from 'apache-arrow'
import { cluster } from '../../src/estimate/vcov/cluster.js'
import { cox } from '../../src/estimate/models/cox.js'
import { iid } from '../../src/estimate/vcov/heteroskedastic.js'
import type { Fit } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'
import { median, printTable } from './table.js'

const ROWS = Number(process.env.COX_BENCH_ROWS ?? 1_000_000)
const RUNS = Number(process.env.COX_BENCH_RUNS ?? 5)
const formula = 'surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5'

/** Time is measured in `months` (some thousand events a time) or in whole `years` (very many). */
type Clock = 'months' | 'years'

interface Spells {
  readonly firm: Int32Array
  readonly start: Float64Array
  readonly stop: Float64Array
  readonly event: Uint8Array
  readonly covariates: readonly Float64Array[]
}

export async function run(): Promise<void> {
  console.log(`\nCox, ${ROWS.toLocaleString('en')} start–stop rows, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  for (const clock of ['months', 'years'] as const) await compare(clock)
}

async function compare(clock: Clock): Promise<void> {
  const spells = drawSpells(clock)
  const table = toTable(spells)
  const ours = [iid(), cluster('firm')].map((vcov) => {
    const fits = Array.from({ length: RUNS + 1 }, () => cox(formula, table, { vcov, scores: 'drop' }))
    return { fit: fits[0]!, seconds: median(fits.slice(1).map(({ seconds }) => seconds.design + seconds.fit)) }
  }) as [Ours, Ours]
  const theirs = await coxph(spells)
  printTable(`${clock}: ${ours[0].fit.detail.events.toLocaleString('en')} events at ${ours[0].fit.detail.baseline[0]!.time.length.toLocaleString('en')} times (median of ${RUNS} warm runs, seconds)`,
    ['covariance', 'ours', 'coxph', 'ratio', 'largest relative difference of β', 'of standard errors'],
    (['iid', 'cluster(firm)'] as const).map((label, k) => {
      const { fit, seconds } = ours[k]!
      const peer = theirs?.[k]
      if (!peer) return [label, seconds.toFixed(3), '–', '–', '–', '–']
      return [label, seconds.toFixed(3), peer.seconds.toFixed(2), (peer.seconds / seconds).toFixed(1),
        difference(fit.coefficients, peer.coefficients), difference(standardErrors(fit), peer.standardErrors)]
    }))
}

interface Ours {
  readonly fit: Fit<'cox'>
  readonly seconds: number
}

interface Theirs {
  readonly seconds: number
  readonly coefficients: number[]
  readonly standardErrors: number[]
}

function drawSpells(clock: Clock): Spells {
  const stream = randomStream(1, 'cox bench', clock)
  const spells: Spells = {
    firm: new Int32Array(ROWS), start: new Float64Array(ROWS), stop: new Float64Array(ROWS), event: new Uint8Array(ROWS),
    covariates: Array.from({ length: 5 }, () => new Float64Array(ROWS)),
  }
  const grid = (time: number): number => (clock === 'years' ? Math.ceil(time) : Math.ceil(time * 12))
  for (let i = 0, firm = 0; i < ROWS; firm++) {
    let time = 3 * stream.uniform()
    let from = grid(time) - 1
    const fixed = [stream.normal(), stream.uniform() < 0.4 ? 1 : 0, stream.normal()]
    for (let spell = 0; spell < 8 && i < ROWS; spell++, i++) {
      const changing = [stream.normal(), 10 * stream.uniform()]
      ;[...fixed, ...changing].forEach((value, j) => (spells.covariates[j]![i] = value))
      const hazard = 0.12 * Math.exp(0.4 * fixed[0]! - 0.3 * fixed[1]! + 0.2 * changing[0]! + 0.02 * changing[1]!)
      const length = clock === 'years' ? 1 : 0.2 + 1.2 * stream.uniform()
      const life = stream.exponential() / hazard
      spells.firm[i] = firm
      spells.start[i] = from
      time += Math.min(life, length)
      spells.stop[i] = Math.max(from + 1, grid(time))
      from = spells.stop[i]!
      if (life >= length) continue
      spells.event[i] = 1
      i++
      break
    }
  }
  return spells
}

function toTable({ firm, start, stop, event, covariates }: Spells): Table {
  const float = (data: Float64Array) => new Vector([makeData({ type: new Float64(), data })])
  const bits = new Uint8Array(Math.ceil(ROWS / 8))
  event.forEach((flag, i) => (bits[i >> 3]! |= flag << (i & 7)))
  return new Table({
    firm: new Vector([makeData({ type: new Int32(), data: firm })]), start: float(start), stop: float(stop),
    event: new Vector([makeData({ type: new Bool(), data: bits, length: ROWS })]),
    ...Object.fromEntries(covariates.map((values, j) => [`x${j + 1}`, float(values)])),
  })
}

/** The two calls in R on the same rows; undefined where R is not there. */
async function coxph(spells: Spells): Promise<[Theirs, Theirs] | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'cox-bench-'))
  try {
    const [csv, json] = [join(folder, 'spells.csv'), join(folder, 'times.json')]
    await writeCsv(csv, spells)
    execFileSync('Rscript', [fileURLToPath(new URL('cox.bench.R', import.meta.url)), csv, json, String(Math.min(RUNS, 3))], { stdio: ['ignore', 'inherit', 'inherit'] })
    return JSON.parse(readFileSync(json, 'utf8')) as [Theirs, Theirs]
  } catch (error) {
    console.log(`coxph was not run: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function writeCsv(path: string, { firm, start, stop, event, covariates }: Spells): Promise<void> {
  const file = createWriteStream(path)
  file.write('firm,start,stop,event,x1,x2,x3,x4,x5\n')
  for (let from = 0; from < ROWS; from += 10000) {
    const lines: string[] = []
    for (let i = from; i < Math.min(ROWS, from + 10000); i++) lines.push([firm[i], start[i], stop[i], event[i], ...covariates.map((values) => values[i])].join(','))
    if (!file.write(`${lines.join('\n')}\n`)) await new Promise<void>((resume) => file.once('drain', () => resume()))
  }
  file.end()
  await finished(file)
}

function standardErrors({ vcov, terms }: Fit<'cox'>): number[] {
  return terms.map((_, j) => Math.sqrt(vcov.matrix[j * (terms.length + 1)]!))
}

function difference(ours: ArrayLike<number>, theirs: readonly number[]): string {
  return Math.max(...theirs.map((value, j) => Math.abs(ours[j]! - value) / Math.abs(value))).toExponential(1)
}
