/** The README and the page of problem documents keep their word: console examples print what is said, names and links lead somewhere. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as reshore from '../../src/index.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const text = readFileSync(join(root, 'README.md'), 'utf8')

/** Commands of ```console blocks with what the document says they print. */
const examplesOf = (document: string) => [...document.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  block!
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...printed] = part.split('\n')
      return { command: command!, printed: printed.join('\n').trim() }
    }),
)
const solve = readFileSync(join(root, 'docs/solve.md'), 'utf8')

const folder = mkdtempSync(join(tmpdir(), 'reshore-readme-'))
for (const name of ['fixtures', 'pipelines']) symlinkSync(join(root, name), join(folder, name))

function run(command: string): [status: number | null, printed: string] {
  const line = command.replace(/^npx reshore/, `${process.execPath} ${join(root, 'dist/cli/main.js')}`)
  const { status, stdout } = spawnSync('bash', ['-c', line], { cwd: folder, encoding: 'utf8' })
  return [status, stdout.trim()]
}

describe('docs/solve.md', () => {
  it.each(examplesOf(solve))('$command', ({ command, printed }) => expect(run(command)).toEqual([0, printed]))

  it('shows the documents that its commands read', () => {
    const files = [...solve.matchAll(/--problem (\S+)/g)].map(([, file]) => file!).filter((file) => file.startsWith('fixtures/'))
    const shown = [...solve.matchAll(/```json\n([\s\S]*?)```/g)].map(([, document]) => JSON.parse(document!) as unknown)
    expect(shown).toEqual(files.map((file) => JSON.parse(readFileSync(join(root, file), 'utf8')) as unknown))
    expect(shown.length).toBe(5)
  })
})

describe('README', () => {
  it.each(examplesOf(text))('$command', ({ command, printed }) => expect(run(command)).toEqual([0, printed]))

  it('has examples', () => expect(examplesOf(text).length).toBe(3))

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
