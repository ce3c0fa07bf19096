/**
 * Builds dist/ from src/ in three steps, in this order because each needs the one before:
 * 1. every AssemblyScript kernel becomes a module (`kernels.mjs`);
 * 2. the TypeScript compiler writes a folder beside dist/, which then takes its place, so that a command reading dist/ meets it whole;
 * 3. the command line is made executable.
 * Nothing is done where dist/ was built from the same files: npm runs this before every `npx reshore` in the repository.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { chmodSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildKernels } from './kernels.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)
const dist = join(root, 'dist')
const stampName = 'built-from.txt'

buildKernels()
const stamp = sourcesHash()
if (!existsSync(join(dist, stampName)) || readFileSync(join(dist, stampName), 'utf8') !== stamp) build()

function build() {
  const fresh = `${dist}.${process.pid}`
  try {
    execFileSync(process.execPath, [join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc'), '-p', 'tsconfig.json', '--outDir', fresh], { cwd: root, stdio: 'inherit' })
    chmodSync(join(fresh, 'cli/main.js'), 0o755)
    writeFileSync(join(fresh, stampName), stamp)
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** One hash of the name and content of every file dist/ is made from. */
function sourcesHash() {
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) => join('src', String(name))).filter((name) => name.endsWith('.ts')).sort()
  const hash = createHash('sha256')
  for (const name of [...sources, 'tsconfig.json', 'package-lock.json', 'scripts/build.mjs']) hash.update(`${name}\n`).update(readFileSync(join(root, name)))
  return hash.digest('hex')
}
