/**
 * Builds dist/ from src/ in three steps, in this order because each needs the one before:
 * 1. every AssemblyScript kernel becomes a module (`kernels.mjs`);
 * 2. the TypeScript compiler writes dist/;
 * 3. the command line is made executable.
 */
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildKernels } from './kernels.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)

buildKernels()
rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(process.execPath, [join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc'), '-p', 'tsconfig.json'], { cwd: root, stdio: 'inherit' })
const main = join(root, 'dist/cli/main.js')
if (existsSync(main)) chmodSync(main, 0o755)
