/** Help answers at once: what a command imports before it runs is the command line's own code and what reads nothing else. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { commands } from '../../src/cli/dispatch.js'

const source = resolve(dirname(fileURLToPath(import.meta.url)), '../../src')
/** Outside `cli/`: the errors, and the table of models, whose estimators load when they are asked for. */
const light = ['errors.ts', 'fileErrors.ts', 'estimate/models/registry.ts']
/** One small file without imports of its own. */
const lightPackages = ['fastest-levenshtein']

/** Files and packages whose values `file` imports, but for `import()`. */
function importedValues(file: string): string[] {
  const pattern = /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm
  return [...readFileSync(join(source, file), 'utf8').matchAll(pattern)].map(([, target]) =>
    target!.startsWith('.') ? relative(source, resolve(source, dirname(file), target!)).replace(/\.js$/, '.ts') : target!)
}

function closure(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found
  found.add(file)
  if (existsSync(join(source, file))) for (const target of importedValues(file)) closure(target, found)
  return found
}

it.each(['main', ...commands.map(({ name }) => name)])('reshore %s loads nothing heavy before it runs', (name) => {
  const loaded = closure(`cli/${name}.ts`)
  expect(loaded.size).toBeGreaterThan(1)
  expect([...loaded].filter((target) => !target.startsWith('cli/') && !target.startsWith('node:') && !light.includes(target) && !lightPackages.includes(target))).toEqual([])
})
