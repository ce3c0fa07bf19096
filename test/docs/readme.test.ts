/** The README keeps its word: its console examples print what it says, its library example compiles, its links lead somewhere. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as reshore from '../../src/index.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const text = readFileSync(join(root, 'README.md'), 'utf8')

/** Commands of ```console blocks with what the README says they print. */
const examples = [...text.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  block!
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...printed] = part.split('\n')
      return { command: command!, printed: printed.join('\n').trim() }
    }),
)

const folder = mkdtempSync(join(tmpdir(), 'reshore-readme-'))
for (const name of ['fixtures', 'pipelines']) symlinkSync(join(root, name), join(folder, name))

describe('README', () => {
  it.each(examples)('$command', ({ command, printed }) => {
    const line = command.replace(/^npx reshore/, `${process.execPath} ${join(root, 'dist/cli/main.js')}`)
    const { status, stdout } = spawnSync('bash', ['-c', line], { cwd: folder, encoding: 'utf8' })
    expect([status, stdout.trim()]).toEqual([0, printed])
  })

  it('has examples', () => expect(examples.length).toBe(3))

  it('imports what the package has', () => {
    const [, names] = /import \{ ([^}]+) \} from 'reshore'/.exec(text)!
    expect(Object.keys(reshore)).toEqual(expect.arrayContaining(names!.split(', ')))
  })

  it('links to files that are there', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1]!)
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([])
  })

  it('names the commands that CI runs', () => {
    const ci = readFileSync(join(root, '.ci/run'), 'utf8')
    for (const command of ['npm ci && npm start', 'npm test'])
      expect([text.includes(command), ci.includes(command)]).toEqual([true, true])
  })
})
