import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/arguments.js'
import { createIo } from '../../src/cli/io.js'
import { command } from '../../src/cli/solve.js'

const folder = mkdtempSync(join(tmpdir(), 'reshore-solve-'))
afterAll(() => rmSync(folder, { recursive: true }))

const fiveParts = { order: 1, length: 5, costs: [[4, 10], [4, 2], [4, 5], [4, 2], [4, 10]], tradeCosts: [[0, 1], [1, 0]], form: 'specific', destination: 0, tau: 'path' }

function file(content: string | object): string {
  const path = join(folder, 'problem.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

async function solve(...words: string[]): Promise<{ stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' }
  const output = (name: keyof typeof printed) => ({ write: (text: string) => (printed[name] += text) })
  const { command: parsed, json, quiet } = parseCommandLine(words, command)
  await command.run(parsed as Parameters<typeof command.run>[0], createIo({ json, quiet, stdout: output('stdout'), stderr: output('stderr') }))
  return printed
}

describe('reshore solve', () => {
  it('prints one JSON document with the keys of the result', async () => {
    const { stdout, stderr } = await solve('tree', '--problem', file(fiveParts), '--json')
    const result = JSON.parse(stdout) as Record<string, unknown>
    expect(Object.keys(result)).toEqual(['breakpoints', 'segments', 'reshored'])
    expect(result).toMatchObject({ breakpoints: [0.5, 1.5], reshored: [2] })
    expect((result.segments as object[]).at(-1)).toEqual({ from: 1.5, to: null, location: [0, 0, 0, 0, 0], productionCost: 20, transportQuantity: 0 })
    expect(stderr).toBe('')
    const list = JSON.parse((await solve('tree', '--problem', file({ ...fiveParts, tau: [0, 1] }), '--json')).stdout) as { solutions: object[] }
    expect(list.solutions.map((solution) => Object.keys(solution))).toEqual(Array(2).fill(['tau', 'location', 'cost', 'productionCost', 'transportQuantity']))
  })

  it('prints a table a person can read', async () => {
    const { stdout } = await solve('tree', '--problem', file(fiveParts))
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'breakpoints: [0.5 1.5]',
      'segments',
      '  from   to     location  productionCost  transportQuantity',
      '     0  0.5  [0 1 0 1 0]              16                  4',
      '   0.5  1.5  [0 1 1 1 0]              17                  2',
    ])
  })

  it('notes on standard error what a document says in vain', async () => {
    const problem = { ...fiveParts, tau: 1, fixedCosts: fiveParts.costs, technology: 'leontief', valueAdded: 0.5 }
    const { stdout, stderr } = await solve('tree', '--problem', file(problem), '--json')
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['segments'])
    expect(stderr).toBe('note: this technology multiplies the price of a part by 1 + τT; form "specific" is not read\n')
  })

  it('shortens long lists on the screen only', async () => {
    const parts = 60
    const long = { ...fiveParts, length: parts, costs: Array.from({ length: parts }, () => [1, 2]), tau: 1 }
    expect((await solve('tree', '--problem', file(long))).stdout).toContain('… 20 more]')
    expect(JSON.parse((await solve('tree', '--problem', file(long), '--json')).stdout)).toMatchObject({ solutions: [{ location: Array(parts).fill(0) }] })
  })

  const failures: [string, () => string[], string][] = [
    ['an unknown kind', () => ['trees', '--problem', file(fiveParts)], 'unknown kind `trees`'],
    ['no document', () => ['tree'], 'solve needs --problem'],
    ['a document that is not there', () => ['tree', '--problem', join(folder, 'nowhere.json')], 'ENOENT'],
    ['a document that is not JSON', () => ['tree', '--problem', file('{"tau": NaN}')], 'is not JSON'],
    ['a document with a fault', () => ['tree', '--problem', file({ ...fiveParts, costs: [[4, 10], [4, 2], [4, 5], [4, -2], [4, 10]] })], 'tree problem, costs[3][1]: '],
    ['a number beyond doubles', () => ['tree', '--problem', file(JSON.stringify(fiveParts).replace('[4,5]', '[4,1e999]'))], 'tree problem, costs[2][1]: '],
  ]
  it.each(failures)('ends with exit code 2 for %s', async (_, words, message) => {
    await expect(solve(...words())).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(message) as string })
  })
})
