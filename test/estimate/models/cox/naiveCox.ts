/** The definitions, as double loops over risk sets: what the fast passes are held against. */
import type { SurvivalColumns } from '../../../../src/estimate/records.js'
import { randomStream } from '../../../../src/numerics/random.js'

export interface NaiveInput {
  readonly columns: readonly Float64Array[]
  readonly survival: SurvivalColumns
  readonly ties: 'efron' | 'breslow'
  readonly weights?: Float64Array
  readonly offset?: Float64Array
}

/** Rows at risk at the event time that ends `row`, and the rows that die there. */
function atEvent({ survival: { start, stop, event, strata } }: NaiveInput, row: number) {
  const rows = [...stop.keys()].filter((i) => strata[i] === strata[row])
  return {
    risk: rows.filter((i) => start[i]! < stop[row]! && stop[i]! >= stop[row]!),
    dying: rows.filter((i) => stop[i] === stop[row] && event[i] === 1),
  }
}

/** ℓ(β) by its definition. */
export function naiveLogLikelihood(input: NaiveInput, beta: readonly number[]): number {
  const { columns, survival, weights, offset } = input
  const w = (i: number) => weights?.[i] ?? 1
  const eta = (i: number) => columns.reduce((sum, column, j) => sum + column[i]! * beta[j]!, offset?.[i] ?? 0)
  let value = 0
  for (const row of survival.stop.keys()) {
    if (survival.event[row] !== 1) continue
    const { risk, dying } = atEvent(input, row)
    const meanWeight = dying.reduce((sum, i) => sum + w(i), 0) / dying.length
    const place = input.ties === 'efron' ? dying.indexOf(row) / dying.length : 0
    const all = risk.reduce((sum, i) => sum + w(i) * Math.exp(eta(i)), 0)
    const tied = dying.reduce((sum, i) => sum + w(i) * Math.exp(eta(i)), 0)
    value += w(row) * eta(row) - meanWeight * Math.log(all - place * tied)
  }
  return value
}

/** Weighted score residual of every row by its definition, rows × parameters. */
export function naiveScores(input: NaiveInput, beta: readonly number[]): number[][] {
  const { columns, survival, weights, offset } = input
  const w = (i: number) => weights?.[i] ?? 1
  const risk = (i: number) => w(i) * Math.exp(columns.reduce((sum, column, j) => sum + column[i]! * beta[j]!, offset?.[i] ?? 0))
  const scores = Array.from(survival.stop, () => columns.map(() => 0))
  for (const row of survival.stop.keys()) {
    if (survival.event[row] !== 1) continue
    const set = atEvent(input, row)
    const meanWeight = set.dying.reduce((sum, i) => sum + w(i), 0) / set.dying.length
    const place = input.ties === 'efron' ? set.dying.indexOf(row) / set.dying.length : 0
    const share = (i: number) => risk(i) * (set.dying.includes(i) ? 1 - place : 1)
    const total = set.risk.reduce((sum, i) => sum + share(i), 0)
    columns.forEach((column, j) => {
      const mean = set.risk.reduce((sum, i) => sum + share(i) * column[i]!, 0) / total
      for (const i of set.risk) scores[i]![j]! -= (meanWeight / total) * share(i) * (column[i]! - mean)
      for (const i of set.dying) scores[i]![j]! += (w(i) / set.dying.length) * (column[i]! - mean)
    })
  }
  return scores
}

export interface RandomCase {
  readonly rows: number
  readonly parameters: number
  /** Times are whole numbers up to this: small means many ties. */
  readonly horizon: number
  readonly strata: number
  readonly entry: boolean
  readonly weighted: boolean
  readonly shifted: boolean
  readonly ties: 'efron' | 'breslow'
}

/** Seeded start–stop rows with everything switched on or off. */
export function randomCase(seed: number, shape: RandomCase): NaiveInput {
  const stream = randomStream(seed, 'cox')
  const { rows } = shape
  const start = Float64Array.from({ length: rows }, () => (shape.entry ? stream.integer(shape.horizon) : Number.NEGATIVE_INFINITY))
  const stop = start.map((from) => Math.max(from, 0) + 1 + stream.integer(shape.horizon))
  return {
    columns: Array.from({ length: shape.parameters }, (_, j) => {
      return Float64Array.from({ length: rows }, () => (j % 2 === 0 ? stream.normal() + 3 : stream.integer(2)))
    }),
    survival: {
      start, stop, hasStart: shape.entry,
      event: Uint8Array.from({ length: rows }, () => (stream.uniform() < 0.6 ? 1 : 0)),
      strata: Int32Array.from({ length: rows }, () => stream.integer(shape.strata)),
      strataLevels: Array.from({ length: shape.strata }, (_, s) => `s${s}`),
    },
    ties: shape.ties,
    weights: shape.weighted ? Float64Array.from({ length: rows }, () => 0.3 + stream.uniform()) : undefined,
    offset: shape.shifted ? Float64Array.from({ length: rows }, () => 0.5 * stream.normal()) : undefined,
  }
}
