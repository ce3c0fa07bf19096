/** Numbers no fit can use: each is a named error with a remedy, and neither NaN nor an infinity is printed as an answer. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dispatch } from '../../src/cli/dispatch.js'
import { randomStream } from '../../src/numerics/random.js'

const folder = mkdtempSync(join(tmpdir(), 'reshore-numbers-'))
afterAll(() => rmSync(folder, { recursive: true }))

const random = randomStream(5)
const rows = Array.from({ length: 120 }, (_, i) => ({ y: random.normal(), x: random.normal(), z: random.normal(), g: i % 12, one: 1, own: 2 * (i % 12), count: i % 4, flag: i % 2 }))
type Row = (typeof rows)[number]

function table(name: string, change: (row: Row) => Partial<Row> = () => ({}), first = rows.length): string {
  const path = join(folder, `${name}.csv`)
  const names = Object.keys(rows[0]!) as (keyof Row)[]
  writeFileSync(path, `${names.join(',')}\n${rows.slice(0, first).map((row) => ({ ...row, ...change(row) })).map((row) => names.map((name) => row[name]).join(',')).join('\n')}\n`)
  return path
}

const plain = table('plain')
const huge = table('huge', ({ y, x }) => ({ y: 1e300 * y, x: 1e300 * x }))
const tiny = table('tiny', ({ y, x }) => ({ y: 1e-300 * y, x: 1e-300 * x }))

const estimate = (model: string, data: string, formula: string, ...more: string[]): string[] => ['estimate', model, '--data', data, '--formula', formula, ...more]

async function answer(words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' }
  const output = (name: keyof typeof printed) => ({ write: (text: string) => (printed[name] += text) })
  const code = await dispatch(words, output('stdout'), output('stderr'))
  return { code, ...printed }
}

describe('numbers no fit can use', () => {
  it.each([
    ['a constant outcome', estimate('ols', plain, 'one ~ x'), 1, 'OutcomeError: the outcome `one` is 1 in all 120 rows used'],
    ['an outcome of the absorbed effects', estimate('ols', plain, 'own ~ x | g'), 1, 'OutcomeError: the outcome `own` does not vary within `g`'],
    ['a constant outcome with instruments', estimate('iv', plain, 'one ~ 1 | x ~ z'), 1, 'OutcomeError: the outcome `one` is 1'],
    ['an outcome whose squares overflow', estimate('ols', huge, 'y ~ z'), 1, 'ScaleError: `y` reaches '],
    ['a regressor whose squares overflow, which is not constant', estimate('logit', huge, 'flag ~ x'), 1, 'ScaleError: `x` reaches '],
    ['an instrument whose squares overflow', estimate('iv', huge, 'z ~ 1 | g ~ x'), 1, 'ScaleError: `x` reaches '],
    ['an outcome whose squares vanish', estimate('ols', tiny, 'y ~ z'), 1, 'ScaleError: `y` is nowhere above '],
    ['counts whose squares vanish', estimate('ppml', table('rare', ({ count }) => ({ count: 1e-300 * count })), 'count ~ x'), 1, 'ScaleError: `count` is nowhere above '],
    ['more nodes than quadrature has', estimate('re-logit', plain, 'flag ~ x', '--group', 'g', '--nodes', '1000'), 2, 'OptionError: 1000 quadrature nodes'],
    ['a table without rows', estimate('ols', table('empty', undefined, 0), 'y ~ x'), 1, 'EmptySampleError: the table has no rows\nLook at what made it'],
  ])('%s', async (_, words, exitCode, message) => {
    const { code, stdout, stderr } = await answer(words)
    expect([code, stdout, stderr]).toEqual([exitCode, '', expect.stringContaining(message)])
    expect(stderr.trim().split('\n').length).toBeGreaterThan(1)
  })

  it.each([
    ['a regressor', 'y ~ x', []], ['an outcome', 'x ~ y', []], ['a part of an interaction', 'y ~ g:x', []], ['an expression', 'y ~ log(x)', []], ['an instrument', 'y ~ 1 | z ~ x', []],
    ['a condition', 'y ~ z', ['--where', 'x > 0']], ['a weight', 'y ~ z', ['--weights', 'x']],
  ])('a cell that is no number makes no factor of %s', async (_, formula, more) => {
    const path = join(folder, 'odd.csv')
    writeFileSync(path, readFileSync(plain, 'utf8').split('\n').map((line, i) => (i === 100 ? line.replace(/^([^,]*),[^,]*/, '$1,#N/A') : line)).join('\n'))
    const { code, stdout, stderr } = await answer(estimate(formula.includes('|') ? 'iv' : 'ols', path, formula, ...more))
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('ColumnTypeError: column `x` is text: `#N/A` in line 101 of odd.csv is no number')])
  })

  it('such a column still groups, and enters as `i()`', async () => {
    const path = join(folder, 'codes.csv')
    writeFileSync(path, readFileSync(plain, 'utf8').split('\n').map((line, i) => (i === 0 ? `${line},dep` : line === '' ? '' : `${line},${i % 12 === 11 ? '2A' : i % 12}`)).join('\n'))
    for (const words of [['y ~ x | dep'], ['y ~ x', '--cluster', 'dep'], ['y ~ x + i(dep)']]) expect((await answer(estimate('ols', path, ...(words as [string])))).code).toBe(0)
    expect((await answer(estimate('ols', path, 'y ~ x + dep'))).stderr).toContain('write i(…) for codes')
  })

  it('an outcome without a constant may be one', async () => {
    expect((await answer(estimate('ols', plain, 'one ~ 0 + g'))).code).toBe(0)
  })

  it('fitted means that do not vary explain nothing, in place of NaN', async () => {
    const { code, stdout } = await answer([...estimate('ppml', table('single', ({ count }) => ({ count: count + 1 }), 1), 'count ~ 1'), '--json'])
    expect([code, (JSON.parse(stdout) as { detail: { squaredCorrelation: number } }).detail.squaredCorrelation]).toEqual([0, 0])
  })

  it.each([['no bytes', ''], ['other bytes', 'ARROW1\0\0xxxxxxx']])('an Arrow file of %s is refused without words of ours', async (name, text) => {
    const path = join(folder, `${name}.arrow`)
    writeFileSync(path, text)
    const { code, stderr } = await answer(estimate('ols', path, 'y ~ x'))
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^FileError: .*(has no columns|bytes are not those of the format)/)])
  })
})
