/**
 * The planted equations hold in the raw files. Regressors come from the files alone, firm effects from the draws; at the truth
 * each score of the likelihood is then a standard normal, and away from it one is not.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import erfc from '@stdlib/math-base-special-erfc'
import { afterAll, describe, expect, it } from 'vitest'
import { drawItaly, simulateItaly, type ItalyOptions, type ItalyTruth } from '../../src/simulate/index.js'
import { readEquationRows, type EquationRow } from './rawPanel.js'

/** Some 40 standard normals a case: one beyond 4 once in 400 cases. */
const largestScore = 4
const exitCovariates = ['foreignShare', 'supplier', 'profits', 'wagePerEmployee', 'roi', 'employees', 'offshoringNeighbours']

const folders: string[] = []
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))))

async function simulated(options: ItalyOptions): Promise<{ rows: EquationRow[]; truth: ItalyTruth; effects: Float64Array }> {
  const out = await mkdtemp(join(tmpdir(), 'reshore-outcome-'))
  folders.push(out)
  const truth = await simulateItaly({ ...options, dirt: false, out })
  return { rows: await readEquationRows(out), truth, effects: drawItaly(options).effects }
}

/** Planted coefficients by regressor. */
function coefficients({ outcome: { region, means, sigma: _, ...others } }: ItalyTruth): Record<string, number> {
  const prefixed = (prefix: string, values: Readonly<Record<string, number>>) => Object.entries(values).map(([name, value]) => [`${prefix} ${name}`, value])
  return { ...others, ...Object.fromEntries([...prefixed('region', region), ...prefixed('mean', means)]) }
}

/** Per row: y − p over its variance and derivative, at index η. */
type Margin = (index: number, y: number) => { readonly score: number; readonly information: number }

function margin(p: number, density: number, y: number): { score: number; information: number } {
  const variance = Math.max(p * (1 - p), 1e-300)
  return { score: ((y - p) * density) / variance, information: density ** 2 / variance }
}

const links: Record<'probit' | 'logit' | 'cloglog', Margin> = {
  probit: (index, y) => margin(erfc(-index * Math.SQRT1_2) / 2, Math.exp(-(index ** 2) / 2) / Math.sqrt(2 * Math.PI), y),
  logit: (index, y) => {
    const p = 1 / (1 + Math.exp(-index))
    return margin(p, p * (1 - p), y)
  },
  cloglog: (index, y) => {
    const hazard = Math.exp(index)
    return margin(-Math.expm1(-hazard), hazard * Math.exp(-hazard), y)
  },
}

interface ScoreRow {
  readonly y: number
  readonly offset: number
  readonly x: Readonly<Record<string, number>>
}

/** Standardised score of each regressor at coefficients `b`. */
function scores(rows: readonly ScoreRow[], b: Readonly<Record<string, number>>, link: Margin): Record<string, number> {
  const names = Object.keys(b)
  const score = new Float64Array(names.length)
  const information = new Float64Array(names.length)
  const values = new Float64Array(names.length)
  for (const { y, offset, x } of rows) {
    let index = offset
    names.forEach((name, column) => (index += b[name]! * (values[column] = x[name] ?? 0)))
    const row = link(index, y)
    values.forEach((value, column) => {
      score[column] = score[column]! + row.score * value
      information[column] = information[column]! + row.information * value * value
    })
  }
  return Object.fromEntries(names.map((name, column) => [name, information[column] === 0 ? 0 : score[column]! / Math.sqrt(information[column]!)]))
}

const worst = (found: Record<string, number>): number => Math.max(...Object.values(found).map(Math.abs))

const outcomeRows = (rows: readonly EquationRow[], effects: Float64Array): ScoreRow[] =>
  rows.map(({ firm, y, outcome }) => ({ y, offset: effects[firm]!, x: outcome }))

/** Scores of the hazard at the intercept that sets its own to zero. */
function hazardScores(rows: readonly ScoreRow[], exit: Readonly<Record<string, number>>): Record<string, number> {
  let [low, high] = [-5, 5]
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2
    if (scores(rows, { ...exit, intercept: middle }, links.cloglog).intercept! > 0) low = middle
    else high = middle
  }
  return scores(rows, { ...exit, intercept: low }, links.cloglog)
}

describe.each(['probit', 'logit'] as const)('the outcome equation, %s', (link) => {
  it('holds at the truth for entry and stay together, and nowhere else', async () => {
    const { rows, truth, effects } = await simulated({ firms: 2500, seed: 21, link, prevalence: 0.1, spillover: 0.05 })
    const read = outcomeRows(rows, effects)
    const b = coefficients(truth)
    expect(rows.length).toBe(truth.targets[1]!.realised)
    expect(worst(scores(read, b, links[link]))).toBeLessThan(largestScore)
    const elsewhere = { lag: 0.4, offshoringNeighbours: 0.08, 'mean exportShare': 2, initial: 0.8, marketExtension: 0.2 }
    for (const [name, change] of Object.entries(elsewhere)) {
      expect(worst(scores(read, { ...b, [name]: b[name]! + change }, links[link])), name).toBeGreaterThan(largestScore)
    }
  })

  it('holds for entry where returns follow the hazard, and the hazard for returns', async () => {
    const { rows, truth, effects } = await simulated({ firms: 4000, seed: 22, link, exits: 'hazard', prevalence: 0.15 })
    const entry = outcomeRows(rows.filter(({ wasActive }) => !wasActive), effects)
    expect(worst(scores(entry, coefficients(truth), links[link]))).toBeLessThan(largestScore)
    const started = rows.filter(({ wasActive, exit }) => wasActive && !Number.isNaN(exit.offshoringNeighbours))
    const mean = Object.fromEntries(exitCovariates.map((name) => [name, started.reduce((sum, { exit }) => sum + exit[name]!, 0) / started.length]))
    const centred = (exit: EquationRow['exit']) => Object.fromEntries(exitCovariates.map((name) => [name, exit[name]! - mean[name]!]))
    const returns = started.map(({ y, exit }) => ({ y: 1 - y, offset: 0, x: { ...centred(exit), intercept: 1 } }))
    const planted = Object.fromEntries(exitCovariates.map((name) => [name, truth.exit[name]!]))
    expect(worst(hazardScores(returns, planted))).toBeLessThan(largestScore)
    expect(worst(hazardScores(returns, { ...planted, foreignShare: -0.01 }))).toBeGreaterThan(largestScore)
  })
})
