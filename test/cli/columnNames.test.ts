/** Columns by name: accents coded one way or the other, and headers that repeat a name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { afterAll, describe, expect, it } from 'vitest'
import { dispatch } from '../../src/cli/dispatch.js'
import { ols } from '../../src/estimate/index.js'

const folder = mkdtempSync(join(tmpdir(), 'reshore-names-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function answer(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' }
  const output = (name: keyof typeof printed) => ({ write: (text: string) => (printed[name] += text) })
  const code = await dispatch(words, output('stdout'), output('stderr'))
  return { code, ...printed }
}

const forms = ['NFC', 'NFD'] as const
const sales = 'ventes_\u00e9t\u00e9'
const columns = { y: Float64Array.from({ length: 40 }, (_, i) => (i * 7) % 11), x: Float64Array.from({ length: 40 }, (_, i) => (i * i) % 13) }
const text = (header: string): string => `${header}\n${Array.from(columns.y, (y, i) => `${y},${columns.x[i]!},${i % 8}`).join('\n')}\n`
const written = forms.flatMap((form) => forms.map((asked) => [form, asked] as const))

describe('accents coded in one sign or in two', () => {
  it.each(written)('are one name: %s in the file, %s in the formula', async (form, asked) => {
    const [inFile, inFormula] = [sales.normalize(form), sales.normalize(asked)]
    const expected = ols('y ~ x', tableFromArrays(columns)).coefficients
    const csv = file(`${form}.csv`, text(`y,${inFile},g`))
    const arrow = file(`${form}.arrow`, tableToIPC(tableFromArrays({ y: columns.y, [inFile]: columns.x }), 'file'))
    for (const data of [csv, arrow]) {
      const { code, stdout, stderr } = await answer('estimate', 'ols', '--data', data, '--formula', `y ~ ${inFormula}`, '--json')
      expect([code, stderr]).toEqual([0, ''])
      const { terms } = JSON.parse(stdout) as { terms: { term: string; estimate: number }[] }
      expect(terms.map(({ term }) => term)).toEqual(['(Intercept)', inFormula])
      terms.forEach(({ estimate }, k) => expect(estimate).toBeCloseTo(expected[k]!, 12))
    }
  })

  it.each(written)('are one header: %s in the file, %s in the schema', async (form, asked) => {
    const data = file(`schema-${form}.csv`, text(`y,${sales.normalize(form)},g`))
    const schema = file(`schema-${asked}.json`, JSON.stringify({ tables: { sales: { files: `schema-${form}.csv`, columns: { sold: { from: sales.normalize(asked), type: 'float' } } } } }))
    const { code, stdout } = await answer('ingest', data, '--schema', schema, '--out', join(folder, 'sales.parquet'), '--json')
    expect(code).toBe(0)
    expect(stdout).toContain('"kept":40')
    expect(stdout).not.toContain('ventes')
  })
})

describe('a header that repeats a name', () => {
  const data = file('twice.csv', text('y,x,x'))

  it('gives the second column a suffix, and says so', async () => {
    const said = 'note: The header of twice.csv has column `x` more than once: the first is `x`, the next is `x.1`.'
    for (const [formula, second] of [['y ~ x', false], ['y ~ x + x.1', true]] as const) {
      const { code, stdout, stderr } = await answer('estimate', 'ols', '--data', data, '--formula', formula)
      expect([code, stdout.includes('x.1'), stderr]).toEqual([0, second, expect.stringContaining(said)])
    }
    expect((await answer('estimate', 'ols', '--data', data, '--formula', 'y ~ 1')).stderr).not.toContain('more than once')
    const apart = file('forms.csv', text(`y,${sales.normalize('NFC')},${sales.normalize('NFD')}`))
    expect((await answer('estimate', 'ols', '--data', apart, '--formula', `y ~ ${sales}`)).stderr).toContain('more than once')
  })

  it('is an error of `ingest` where the schema reads that name', async () => {
    const schema = (from: unknown): string => file('twice.json', JSON.stringify({ tables: { twice: { files: 'twice.csv', columns: { x: { from, type: 'float' } } } } }))
    const ingest = (from: unknown) => answer('ingest', data, '--schema', schema(from), '--out', join(folder, 'twice.parquet'))
    expect(await ingest('x')).toMatchObject({ code: 1, stderr: expect.stringContaining('DuplicateColumnError: twice.csv has two columns `x`') as string })
    expect((await ingest(3)).code).toBe(0)
  })
})
