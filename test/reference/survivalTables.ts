/** Tables of the survival references: the public data where they are, the synthetic ones from fixtures. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { Float64, Table, vectorFromArray, type Vector } from 'apache-arrow'
import { sharedData } from '../sharedData.js'

export type Columns = Record<string, (number | string | null)[]>

const fixtures = fileURLToPath(new URL('../../fixtures/reference/survival/', import.meta.url))

export const fixture = (name: string): string => `${fixtures}${name}`

export const readReference = <T>(name: string): T => JSON.parse(readFileSync(fixture(name), 'utf8')) as T

/** Columns of a small CSV; a column is numeric when every cell that is not empty or NA is a number. */
export function readColumns(path: string): Columns {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const cells = (line: string): string[] => [...line.matchAll(/("([^"]*)"|([^,]*))(?:,|$)/g)].map((match) => match[2] ?? match[3] ?? '')
  const names = cells(header!).filter((name) => name !== '')
  const rows = lines.map(cells)
  return Object.fromEntries(names.map((name, j) => {
    const texts = rows.map((row) => (row[j] === '' || row[j] === 'NA' ? null : row[j]!))
    const numeric = texts.every((text) => text === null || Number.isFinite(Number(text)))
    return [name, numeric ? texts.map((text) => (text === null ? null : Number(text))) : texts]
  }))
}

export function toTable(columns: Columns): Table {
  const vectors = Object.entries(columns).map(([name, values]): [string, Vector] => {
    const numeric = values.every((value) => value === null || typeof value === 'number')
    return [name, numeric ? vectorFromArray(values as (number | null)[], new Float64()) : vectorFromArray(values as (string | null)[])]
  })
  return new Table(Object.fromEntries(vectors))
}

const numbers = (values: Columns[string]): (number | null)[] => values as (number | null)[]
const mapped = (values: Columns[string], f: (value: number) => number): (number | null)[] => numbers(values).map((value) => (value === null ? null : f(value)))

interface Source {
  readonly file: readonly [string, string]
  /** Columns the R script adds. */
  readonly add?: (columns: Columns) => Columns
}

const sources: Record<string, Source> = {
  rossi: { file: ['cox_survival', 'rossi.csv'] },
  'rossi-breslow': { file: ['cox_survival', 'rossi.csv'] },
  'rossi-weeks': { file: ['cox_survival', 'rossi_counting_process.csv'] },
  lung: { file: ['cox_survival', 'cancer.csv'] },
  heart: { file: ['cox_survival', 'heart.csv'] },
  bladder: { file: ['cox_survival', 'bladder.csv'] },
  bladder2: { file: ['cox_survival', 'bladder2.csv'] },
  veteran: { file: ['cox_survival', 'veteran.csv'] },
  'veteran-factor': { file: ['cox_survival', 'veteran.csv'] },
  pbc: { file: ['cox_survival', 'pbc.csv'], add: (c) => ({ status: mapped(c.status!, (s) => (s === 2 ? 1 : 0)), logbili: mapped(c.bili!, Math.log) }) },
  'pbc-causes': {
    file: ['cox_survival', 'pbc.csv'],
    add: (c) => ({ happened: mapped(c.status!, (s) => (s > 0 ? 1 : 0)), cause: numbers(c.status!).map((s) => (s === 0 ? null : s === 1 ? 'transplant' : 'zdeath')) }),
  },
  cgd: { file: ['cox_survival', 'cgd.csv'], add: (c) => ({ rifn: c.treat!.map((treat) => (treat === 'rIFN-g' ? 1 : 0)) }) },
  kidney: { file: ['cox_survival', 'kidney.csv'] },
  mroz: { file: ['binary_choice', 'mroz.csv'] },
  recid: { file: ['duration_econ', 'recid.csv'], add: (c) => ({ event: mapped(c.cens!, (censored) => 1 - censored) }) },
}

/** The table of a reference case, or undefined where its public data are absent. */
export function caseTable(name: string): Table | undefined {
  for (const synthetic of ['yearly', 'periods']) if (name.startsWith(synthetic)) return toTable(readColumns(fixture(`${synthetic}.csv`)))
  const source = sources[name]
  if (!source) throw new Error(`no source for case ${name}`)
  const path = sharedData(...source.file)
  if (path === undefined) return undefined
  const columns = readColumns(path)
  return toTable({ ...columns, ...source.add?.(columns) })
}

/** Numbers that are zero up to rounding on both sides. */
const absolute = 1e-12

export function expectClose(found: ArrayLike<number>, wanted: readonly number[], relative: number): void {
  expect(found.length).toBe(wanted.length)
  wanted.forEach((value, e) => {
    expect(Math.abs(found[e]! - value), `element ${e}: ${found[e]} for ${value}`).toBeLessThanOrEqual(relative * Math.abs(value) + absolute)
  })
}
