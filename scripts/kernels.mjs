/**
 * AssemblyScript kernels: every `src/…/name.as.ts` becomes the module `name.wasm.ts` beside it, the bytes in base64, so that Node,
 * workers, tests and a browser load it alike without a file system. The build calls this first; the tests call it before they
 * start, so that a fresh pull needs no build. A kernel may lie in several files: the others begin with `//part of name.as.ts`.
 */
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)

/** Builds the kernels that are newer than their module. */
export function buildKernels() {
  for (const source of filesEnding(join(root, 'src'), '.as.ts')) if (!firstLine(source).startsWith('//part of ')) buildKernel(source)
}

/** What vitest's `globalSetup` calls. */
export const setup = buildKernels

/** Files below `folder` whose name ends in `ending`. */
function filesEnding(folder, ending) {
  return readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(ending)).map((name) => join(folder, name))
}

/** AssemblyScript options a kernel may add, on a first line `//asc --flag …`. */
function kernelFlags(source) {
  const first = firstLine(source)
  return first.startsWith('//asc ') ? first.slice('//asc '.length).trim().split(/\s+/) : []
}

function firstLine(source) {
  return readFileSync(source, 'utf8').split('\n', 1)[0]
}

function buildKernel(source) {
  const target = source.replace(/\.as\.ts$/, '.wasm.ts')
  const parts = filesEnding(dirname(source), '.as.ts').filter((file) => firstLine(file) === `//part of ${basename(source)}`)
  const changed = Math.max(...[source, ...parts].map((file) => statSync(file).mtimeMs))
  if (existsSync(target) && statSync(target).mtimeMs > changed) return
  const binary = source.replace(/\.as\.ts$/, '.wasm')
  const asc = join(dirname(require.resolve('assemblyscript/package.json')), 'bin', 'asc.js')
  execFileSync(process.execPath, [asc, relative(root, source), '--outFile', relative(root, binary), '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', ...kernelFlags(source)],
    { cwd: root, stdio: 'inherit' })
  const bytes = readFileSync(binary).toString('base64')
  writeFileSync(target, `// Made by the build from ${relative(dirname(source), source)}; do not edit.\nexport const wasmBase64: string =\n  '${bytes}'\n`)
  rmSync(binary)
}
