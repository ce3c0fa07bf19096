/** Panels and problems that identify nothing: each is named, with a remedy and an exit code, and nothing is printed as an answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dispatch } from '../../src/cli/dispatch.js'
import { randomStream } from '../../src/numerics/random.js'

const folder = mkdtempSync(join(tmpdir(), 'reshore-panels-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Row = readonly [firm: number, year: number, y: number, x: number, fixed: number]

const random = randomStream(3)
const panel: Row[] = Array.from({ length: 120 }, (_, firm) => {
  const fixed = random.normal()
  return Array.from({ length: 5 }, (_, year): Row => [firm, year, random.uniform() < 0.5 ? 1 : 0, random.normal(), fixed])
}).flat()

function table(name: string, rows: readonly Row[]): string {
  const path = join(folder, `${name}.csv`)
  writeFileSync(path, `firm,year,y,x,fixed\n${rows.map((row) => row.join(',')).join('\n')}\n`)
  return path
}

const outcomes = (y: (row: Row) => number): Row[] => panel.map((row) => [row[0], row[1], y(row), row[3], row[4]])
const whole = table('whole', panel)
const singles = table('singles', panel.filter(([, year]) => year === 0))
const one = table('one', panel.filter(([firm]) => firm === 0))
const frozen = table('frozen', outcomes(([firm]) => firm % 2))
const allOne = table('all-one', outcomes(() => 1))
const alternating = table('alternating', outcomes(([firm, year]) => (random.uniform() < 0.9 ? (firm + year) % 2 : 0)))
const onceChanged = table('once-changed', outcomes(([firm, year]) => (firm === 3 && year === 2 ? 1 - firm % 2 : firm % 2)))

function problem(change: object): string {
  const path = join(folder, `${JSON.stringify(change).replace(/\W/g, '_')}.json`)
  const units = { effect: [0, 0], area: [0, 0], initial: [0, 1] }
  writeFileSync(path, JSON.stringify({ sunk: 3, fixed: 1, gain: 0.8, discount: 0.95, scale: 1, spillover: 0, units, periods: 5, seed: 1, ...change }))
  return path
}

const estimate = (model: string, data: string, formula: string, ...more: string[]): string[] => ['estimate', model, '--data', data, '--formula', formula, ...more]
const solve = (change: object): string[] => ['solve', 'participation', '--problem', problem(change)]

async function answer(words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' }
  const output = (name: keyof typeof printed) => ({ write: (text: string) => (printed[name] += text) })
  const code = await dispatch(words, output('stdout'), output('stderr'))
  return { code, ...printed }
}

describe('bad panels', () => {
  it.each([
    ['groups of one row', estimate('re-logit', singles, 'y ~ x', '--group', 'firm'), 1, 'GroupError: every group of `firm` has one row', 'use the pooled model'],
    ['one group', estimate('re-probit', one, 'y ~ x', '--group', 'firm'), 1, 'GroupError: `firm` has one group only', 'many groups'],
    ['no group', estimate('re-logit', whole, 'y ~ x'), 2, 'MissingGroupError', '--group COLUMN'],
    ['groups of one row, conditional', estimate('fe-logit', singles, 'y ~ x | firm'), 1, 'GroupError: the outcome changes in none', 'both outcomes'],
    ['an outcome that never changes within a group', estimate('re-probit', frozen, 'y ~ x', '--group', 'firm'), 1, 'GroupError: the outcome never changes within a group', 'one row a group'],
    ['an outcome that never changes within a group, conditional', estimate('fe-logit', frozen, 'y ~ x | firm'), 1, 'GroupError: the outcome changes in none', 'both outcomes'],
    ['an outcome that never changes', estimate('re-logit', allOne, 'y ~ x', '--group', 'firm'), 1, 'OutcomeError: the outcome `y` is 1 in all', 'never changes'],
    ['a hazard without events left', estimate('cloglog', allOne, 'y ~ x'), 1, 'OutcomeError: the outcome `y` is 1 in all', 'never changes'],
    ['no variation within groups', estimate('fe-logit', whole, 'y ~ fixed | firm'), 1, 'SingularDesignError: no regressor varies within `firm`: `fixed`', 'coarser groups'],
    ['no variation within absorbed effects', estimate('ols', whole, 'y ~ fixed | firm'), 1, 'SingularDesignError: no regressor varies within `firm`: `fixed`', 'coarser groups'],
    ['a random effect at the boundary', estimate('re-probit', alternating, 'y ~ x', '--group', 'firm'), 1, 'BoundaryError', 'Use the pooled model (probit)'],
    ['a likelihood without a maximum', estimate('re-logit', onceChanged, 'y ~ x', '--group', 'firm'), 1, 'ConvergenceError: re-logit did not converge', 'hardly vary'],
    ['a discount factor of one', solve({ discount: 1 }), 2, 'ProblemError: participation problem, discount: must be <1', 'Correct the problem document'],
    ['a discount factor below zero', solve({ discount: -0.1 }), 2, 'ProblemError: participation problem, discount: must be >0', 'Correct the problem document'],
    ['a negative sunk cost', solve({ sunk: -1 }), 2, 'ProblemError: participation problem, sunk: must be >=0', 'Correct the problem document'],
    ['a shock without scale', solve({ scale: 0 }), 2, 'ProblemError: participation problem, scale: must be >0', 'Correct the problem document'],
  ])('%s', async (_, words, exitCode, message, remedy) => {
    const { code, stdout, stderr } = await answer(words)
    expect([code, stdout]).toEqual([exitCode, ''])
    expect(stderr).toContain(message)
    expect(stderr).toContain(remedy)
    expect(stderr.match(/\w+Error: /g)).toHaveLength(1)
    const { error } = JSON.parse((await answer([...words, '--json'])).stdout) as { error: { name: string; remedy: string } }
    expect(`${error.name}: `).toBe(stderr.match(/\w+Error: /)![0])
    expect(error.remedy).toContain(remedy)
  })

  it('a regressor without within variation beside one that has it is named and left out', async () => {
    const { code, stderr } = await answer(estimate('fe-logit', whole, 'y ~ x + fixed | firm'))
    expect([code, stderr]).toEqual([0, expect.stringContaining('`fixed` does not vary within `firm` and is left out')])
  })
})
