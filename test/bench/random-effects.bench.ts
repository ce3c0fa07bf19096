/**
 * Random-effects logit on a panel of the survey's size (117,505 rows, 17,338 firms, 25 terms, 12 nodes) against `glmmTMB` on the same file
 * in the same run. Ours is `seconds.design + seconds.fit` of a fit from a table in memory, exact by adaptive quadrature; theirs is the call
 * on a loaded frame, by Laplace's approximation. Without R only our times are printed. The pooled logit with clusters on the same rows is
 * timed as well. Threads load the built package: `npm run build` comes first.
 */
import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { Table, makeVector } from 'apache-arrow'
import { cluster, logit, reLogit } from '../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'
import { median, printTable } from './table.js'

const FIRMS = 17_338
const ROWS = 117_505
const COVARIATES = 24
const RUNS = 5
const SIGMA = 1

export async function run(): Promise<void> {
  console.log(`\nRandom-effects logit, ${ROWS.toLocaleString('en')} rows, ${FIRMS.toLocaleString('en')} firms, ${COVARIATES + 1} terms, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  const columns = drawPanel()
  const table = new Table(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, makeVector(values)]))) as ArrowTable
  const formula = `y ~ ${Object.keys(columns).filter((name) => name.startsWith('x')).join(' + ')}`
  const random = [1, 2].map((threads) => ({ threads, ...timed(() => reLogit(formula, table, { group: 'firm', nodes: 12, scores: 'drop', threads })) }))
  const pooled = timed(() => logit(formula, table, { vcov: cluster('firm'), scores: 'drop' }))
  const peer = await glmmTmb(columns)
  printTable(`median of ${RUNS} warm runs, seconds`, ['model', 'ours', 'design', 'fit', 'glmmTMB (Laplace)', 'ratio', 'sigma_u (planted 1)'], [
    ...random.map(({ threads, seconds, design, inFit, fit }) => [`re-logit, 12 nodes, ${threads} ${threads === 1 ? 'thread' : 'threads'}`, seconds.toFixed(3), design.toFixed(3), inFit.toFixed(3),
      peer ? peer.seconds.toFixed(1) : '–', peer ? (peer.seconds / seconds).toFixed(0) : '–', `${fit.detail.sigma_u.toFixed(3)}${peer ? `, theirs ${peer.sigma.toFixed(3)}` : ''}`]),
    ['logit + cluster(firm)', pooled.seconds.toFixed(3), pooled.design.toFixed(3), pooled.inFit.toFixed(3), '', '', ''],
  ])
}

function timed<F extends Fit>(estimate: () => F): { fit: F; seconds: number; design: number; inFit: number } {
  const fits = Array.from({ length: RUNS + 1 }, estimate).slice(1)
  const of = (pick: (fit: F) => number): number => median(fits.map(pick))
  return { fit: fits[0]!, seconds: of(({ seconds }) => seconds.design + seconds.fit), design: of(({ seconds }) => seconds.design), inFit: of(({ seconds }) => seconds.fit) }
}

/** Half of the covariates are indicators, as years, sectors and territories are. */
function drawPanel(): Record<string, Float64Array> {
  const stream = randomStream(1, 'random-effects bench')
  const column = () => new Float64Array(ROWS)
  const columns: Record<string, Float64Array> = { firm: column(), y: column() }
  for (let j = 1; j <= COVARIATES; j++) columns[`x${j}`] = column()
  for (let firm = 0, row = 0; firm < FIRMS; firm++) {
    const effect = SIGMA * stream.normal()
    for (const end = Math.round(((firm + 1) * ROWS) / FIRMS); row < end; row++) {
      let index = -2.5 + effect
      for (let j = 1; j <= COVARIATES; j++) {
        const value = j % 2 ? stream.normal() : stream.uniform() < 0.2 ? 1 : 0
        columns[`x${j}`]![row] = value
        index += (j % 3 ? 0.15 : -0.1) * value
      }
      columns.firm![row] = firm
      columns.y![row] = index + stream.logistic() > 0 ? 1 : 0
    }
  }
  return columns
}

async function glmmTmb(columns: Record<string, Float64Array>): Promise<{ seconds: number; sigma: number } | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'random-effects-bench-'))
  try {
    const [csv, json] = [join(folder, 'panel.csv'), join(folder, 'times.json')]
    const names = Object.keys(columns)
    const file = createWriteStream(csv)
    file.write(`${names.join(',')}\n`)
    for (let row = 0; row < ROWS; row++) file.write(`${names.map((name) => columns[name]![row]).join(',')}\n`)
    file.end()
    await finished(file)
    execFileSync('Rscript', [fileURLToPath(new URL('random-effects.bench.R', import.meta.url)), csv, json], { stdio: ['ignore', 'inherit', 'inherit'] })
    return JSON.parse(readFileSync(json, 'utf8')) as { seconds: number; sigma: number }
  } catch (error) {
    console.log(`glmmTMB was not run: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
