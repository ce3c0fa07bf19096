/**
 * Pooled logit and probit with firm clusters, and the conditional logit by firm, on 117,505 firm-years and 25 parameters (nine numbers, a
 * text column of ten levels, year dummies), against R's glm + sandwich and clogit on the same file in the same run. Ours is `seconds.design + seconds.fit` of a fit from a table
 * in memory, theirs the calls on a loaded frame. Needs Rscript with sandwich and survival; without it only our times are printed.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Dictionary, Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import { cluster, feLogit, logit, probit, stdErrors } from '../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'
import { median, printTable } from './table.js'

const rows = 117_505
const firms = 17_338
const runs = 5
const numbers = Array.from({ length: 9 }, (_, j) => `x${j + 1}`)
const formula = `y ~ ${numbers.join(' + ')} + area + i(year)`

const rScript = (data: string, out: string): string => `
suppressMessages({ library(sandwich); library(survival) }); d <- read.csv("${data}"); f <- y ~ ${numbers.join(' + ')} + area + factor(year); r <- list()
for (l in c("logit", "probit")) { times <- c(); for (i in 1:3) times <- c(times, system.time({ m <- glm(f, binomial(l), d); v <- vcovCL(m, ~firm, type = "HC1") })[3])
  r <- c(r, list(list(seconds = unname(median(times)), estimate = unname(coef(m)), se = unname(sqrt(diag(v)))))) }
times <- c(); for (i in 1:3) times <- c(times, system.time(m <- survival::clogit(update(f, . ~ . - area + strata(firm)), d))[3])
r <- c(r, list(list(seconds = unname(median(times)), estimate = unname(coef(m)), se = unname(sqrt(diag(vcov(m)))))))
jsonlite::write_json(r, "${out}", digits = 17, auto_unbox = TRUE)`

interface Peer {
  readonly seconds: number
  readonly estimate: number[]
  readonly se: number[]
}

export async function run(): Promise<void> {
  const { table, csv } = firmYears()
  const peers = fromR(csv)
  const models: [string, () => Fit][] = [
    ['logit', () => logit(formula, table, { vcov: cluster('firm') })],
    ['probit', () => probit(formula, table, { vcov: cluster('firm') })],
    ['fe-logit', () => feLogit(`${formula.replace(' + area', '')} | firm`, table)],
  ]
  const lines = models.map(([name, estimate], position) => {
    const fits = Array.from({ length: runs + 1 }, estimate)
    const [first, ...warm] = fits.map(({ seconds }) => seconds.design + seconds.fit)
    const fit = fits[0]!
    const peer = peers?.[position]
    return [name, first!.toFixed(3), median(warm).toFixed(3), median(fits.slice(1).map(({ seconds }) => seconds.design)).toFixed(3), String(fit.convergence.iterations),
      peer ? peer.seconds.toFixed(2) : '–', peer ? gap(fit.coefficients, peer.estimate) : '–', peer ? gap(stdErrors(fit), peer.se) : '–']
  })
  printTable(`Binary models, ${rows.toLocaleString('en')} rows, 25 parameters (seconds)`,
    ['model', 'first run', `median of ${runs}`, 'of it design', 'iterations', 'R', 'difference of β', 'of standard errors'], lines)
}

const gap = (ours: Float64Array, theirs: readonly number[]): string => Math.max(...theirs.map((value, j) => Math.abs(ours[j]! / value - 1))).toExponential(1)

function firmYears(): { table: ArrowTable; csv: () => string } {
  const random = randomStream(117505, 'bench')
  const firm = Int32Array.from({ length: rows }, (_, i) => Math.floor((i * firms) / rows))
  const year = Int32Array.from({ length: rows }, (_, i) => 2006 + (i % 7))
  const area = Array.from({ length: rows }, (_, i) => `area${firm[i]! % 10}`)
  const columns = numbers.map(() => Float64Array.from({ length: rows }, () => random.normal()))
  const y = Float64Array.from({ length: rows }, (_, i) => (-2 + columns.reduce((sum, column, j) => sum + 0.1 * (j - 3) * column[i]!, 0) + 0.05 * (year[i]! - 2009) + random.logistic() > 0 ? 1 : 0))
  const table = new Table({
    y: vectorFromArray(y), firm: vectorFromArray(firm), year: vectorFromArray(year), area: vectorFromArray(area, new Dictionary(new Utf8(), new Int32())),
    ...Object.fromEntries(numbers.map((name, j) => [name, vectorFromArray(columns[j]!)])),
  }) as ArrowTable
  const csv = (): string => [['y', 'firm', 'year', 'area', ...numbers].join(','),
    ...Array.from(firm, (id, i) => [y[i], id, year[i], area[i], ...columns.map((column) => column[i])].join(','))].join('\n')
  return { table, csv }
}

function fromR(csv: () => string): Peer[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'reshore-bench-'))
  try {
    const [data, out] = [join(folder, 'data.csv'), join(folder, 'out.json')]
    execFileSync('Rscript', ['-e', 'library(sandwich); library(jsonlite)'], { stdio: 'ignore' })
    writeFileSync(data, csv())
    execFileSync('Rscript', ['-e', rScript(data, out)], { stdio: ['ignore', 'ignore', 'inherit'] })
    return JSON.parse(readFileSync(out, 'utf8')) as Peer[]
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true })
  }
}
