/** The declarations in dist/ as another project sees them: strict, checked themselves, under both ways to resolve a package. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { root, temporaryFolder } from './cli.js'

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

const program = `
import { cluster, logit, openDuckDb, tidy, type Fit } from 'reshore'
import { readTreeProblem, solveTree } from 'reshore/sourcing'
const engine = await openDuckDb()
const links = await engine.query(engine.scan('links.parquet', 'parquet', { key: ['buyer', 'supplier'] }))
const fit: Fit<'logit'> = logit('linked ~ log(distance) | industry', links, { vcov: cluster('buyer', 'supplier') })
export const estimates: readonly number[] = tidy(fit).map(({ estimate }) => estimate)
export const plan = solveTree(readTreeProblem({}))
// @ts-expect-error a covariance is a value, not a name
logit('linked ~ 1', links, { vcov: 'cluster' })
`

it.each([['bundler', 'esnext'], ['node16', 'node16']])('compile in a strict project, resolved by %s', (resolution, module) => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/reshore'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'program.ts'), program)
  const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--module', module, '--moduleResolution', resolution]
  const complaints = (): string => {
    try {
      return execFileSync(process.execPath, [tsc, ...options, 'program.ts'], { cwd: folder, encoding: 'utf8' })
    } catch (error) {
      return String((error as { stdout?: unknown }).stdout)
    }
  }
  expect(complaints()).toBe('')
})
