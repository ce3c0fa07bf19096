/**
 * Every `@example` of the sources: all must compile against the package as its users import it, and those that need nothing
 * but the package are run. What an example may take for granted (a table, a fit) is declared in `context.ts`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import * as reshore from '../../src/index.js'
import { extractExamples, type Example } from './extract.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'test/docs/examples')
const contextFile = join(root, 'test/docs/context.ts')
/** Examples that write files or read ones that are not there compile but do not run. */
const touchesFiles = /\b(simulateItaly|scan|readTable|ingest\w*|saveFit|loadFit|openDuckDb|runPipeline|loadPipeline)\(/

const context = [...readFileSync(contextFile, 'utf8').matchAll(/^export declare (?:const|function) (\w+)/gm)].map(
  (match) => match[1]!,
)
const files = readdirSync(join(root, 'src'), { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.as.ts') && !name.endsWith('.wasm.ts'))
const examples = files.sort().flatMap((name) => extractExamples(join('src', name), readFileSync(join(root, 'src', name), 'utf8')))
const written = examples.map(prepare)

interface Prepared {
  readonly name: string
  readonly file: string
  readonly selfContained: boolean
}

function prepare(example: Example, index: number): Prepared {
  const words = new Set(example.text.replace(/\/\/.*$/gm, '').match(/[A-Za-z_$][\w$]*/g))
  const own = example.exports.filter((name) => words.has(name))
  const needed = (name: string): boolean => words.has(name) && !own.includes(name) && !declares(example.text, name)
  // A word such as `panel` is reshore's function where it is called and somebody's data where it is not.
  const packaged = Object.keys(reshore).filter((name) => needed(name) && (!context.includes(name) || calls(example.text, name)))
  const assumed = context.filter((name) => needed(name) && !packaged.includes(name))
  const shown = own.filter((name) => name in reshore)
  const file = join(folder, `example${index}.ts`)
  const imports = [
    line([...packaged, ...shown], 'reshore'),
    line(
      own.filter((name) => !shown.includes(name) && !declares(example.text, name)),
      relative(folder, join(root, example.file)).replace(/\.ts$/, '.js'),
    ),
    line(assumed, '../context.js'),
  ]
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${imports.join('')}export async function example() {\n${example.text.replace(/^export /gm, '')}\n}\n`)
  return {
    name: `${example.file}:${example.line}`,
    file,
    selfContained: assumed.length === 0 && !touchesFiles.test(example.text),
  }
}

function line(names: readonly string[], from: string): string {
  return names.length === 0 ? '' : `import { ${names.join(', ')} } from '${from}'\n`
}

function declares(text: string, name: string): boolean {
  return new RegExp(`\\b(const|let|function)\\s+(${name}\\b|\\{[^}]*\\b${name}\\b[^}]*\\})`).test(text)
}

function calls(text: string, name: string): boolean {
  return new RegExp(`(?<![.\\w])${name}(<[^>]*>)?[(\`]`).test(text)
}

/** What the compiler says about the examples: `file -> messages`, the folder's other complaints under an empty name. */
function compile(): Map<string, string[]> {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  try {
    execFileSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { encoding: 'utf8', cwd: folder })
    return new Map()
  } catch (error) {
    const messages = String((error as { stdout?: unknown }).stdout)
      .split('\n')
      .filter((text) => text.includes('error TS'))
    const place = (text: string): string => /^example\d+\.ts/.exec(text)?.[0] ?? ''
    return new Map([...new Set(messages.map(place))].map((file) => [file, messages.filter((text) => place(text) === file)]))
  }
}

/** Names of data nobody declares are `never`, which fits wherever it is handed over but cannot be called. */
function declareUnknown(file: string, messages: readonly string[]): boolean {
  const names = new Set(messages.flatMap((text) => /TS(?:2304|2552|18004): .*?'(\w+)'/.exec(text)?.[1] ?? []))
  if (names.size === 0) return false
  writeFileSync(file, `${[...names].map((name) => `declare const ${name}: never\n`).join('')}${readFileSync(file, 'utf8')}`)
  return true
}

writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../../tsconfig.json',
    compilerOptions: {
      rootDir: '../../..',
      noEmit: true,
      noUnusedLocals: false,
      noUnusedParameters: false,
      paths: { reshore: ['../../../src/index.ts'] },
    },
    include: ['*.ts', '../../../src/**/*.d.ts'],
    exclude: [],
  }),
)
const firstPass = compile()
const prepared = written.map((one) =>
  declareUnknown(one.file, firstPass.get(relative(folder, one.file)) ?? []) ? { ...one, selfContained: false } : one,
)
const diagnostics = compile()

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('examples in the documentation', () => {
  it('are found', () => {
    expect(examples.length).toBeGreaterThan(20)
  })

  it.each(prepared)('$name compiles', ({ file }) => {
    expect(diagnostics.get(relative(folder, file)) ?? []).toEqual([])
  })

  it('compile without complaints about anything else', () => {
    expect(diagnostics.get('') ?? []).toEqual([])
  })

  it.each(prepared.filter(({ selfContained }) => selfContained))('$name runs', async ({ file }) => {
    const { example } = (await import(pathToFileURL(file).href)) as { example: () => Promise<void> }
    await example()
  })
})
