/**
 * docs/api.md from the sources: every function and value that `reshore` exports, by stage, with the first sentence of its doc block and
 * the file it is in. `node scripts/api.mjs` writes the page; test/docs/api.test.ts fails where it is out of step or a sentence is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'src')
const read = (file) => readFileSync(file, 'utf8')

const head = `# What reshore exports

Functions and values of \`import { … } from 'reshore'\`, by stage, in the order of each stage's index; types are in the declarations. Units,
shapes, errors and an example are in the doc block of each, in \`src/\` under the path on the right. Everything under \`sourcing\` is also in
\`reshore/sourcing\`, which needs nothing but a browser. Written by \`node scripts/api.mjs\`.
`

/** The page. */
export function apiPage() {
  return [head, ...stages().map(section)].join('\n')
}

/** Exports without a doc block, as \`file: name\`. */
export function undocumented() {
  return stages().flatMap(({ entries }) => entries.filter(({ sentence }) => !sentence).map(({ name, file }) => `${file}: ${name}`))
}

/** What the package's index exports, in its order; each name under the first stage that has it. */
function stages() {
  const seen = new Set()
  return starredIn(join(source, 'index.ts')).map((file) => {
    const entries = exportsOf(file).filter(({ name }) => !seen.has(name) && seen.add(name))
    return { stage: relative(source, file).replace(/(\/index)?\.ts$/, ''), summary: firstSentence(read(file)), entries }
  })
}

function section({ stage, summary, entries }) {
  const rows = entries.map(({ name, sentence, file }) => `| \`${name}\` | ${sentence.replaceAll('|', '\\|')} | ${file.replace(/\.ts$/, '')} |`)
  return `## ${stage}\n\n${summary}\n\n| export | gives | in |\n| --- | --- | --- |\n${rows.join('\n')}\n`
}

const target = (file, specifier) => join(dirname(file), specifier.replace(/\.js$/, '.ts'))

function starredIn(file) {
  return [...read(file).matchAll(/^export \* from '(.+)'$/gm)].map(([, specifier]) => target(file, specifier))
}

/** Values a module exports, re-exports included, in the order of the text. */
function exportsOf(file) {
  const text = read(file)
  const pattern = /^export (?:\* from '(.+)'|\{([^}]*)\} from '(.+)'|(?:async )?(?:function\*?|const|class) (\w+))/gm
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [, star, names, from, declared] = match
    if (star) return exportsOf(target(file, star))
    if (names) return names.split(',').map((name) => name.trim()).filter((name) => name && !name.startsWith('type ')).flatMap((name) => declarations(target(file, from), name))
    return [{ name: declared, file: relative(source, file), sentence: docBefore(text, match.index) }]
  })
}

function declarations(file, name) {
  const found = exportsOf(file).find((one) => one.name === name)
  if (!found) throw new Error(`${relative(root, file)} does not export ${name}`)
  return [found]
}

/** First sentence of the doc block that ends right before `index`; empty without one. */
function docBefore(text, index) {
  const block = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text.slice(0, index))?.[0]
  return block ? firstSentence(block) : ''
}

/** First sentence of the first doc block of a text, without tags. */
function firstSentence(text) {
  const [, body] = /\/\*\*([\s\S]*?)\*\//.exec(text) ?? ['', '']
  const prose = body.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trim()).join('\n').split(/^@/m)[0].split(/\n\s*\n/).find((part) => part.trim()) ?? ''
  const line = prose.replace(/\s+/g, ' ').trim()
  return /^.*?\.(?=\s+[A-Z`'(]|$)/.exec(line)?.[0] ?? line
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(join(root, 'docs/api.md'), apiPage())
