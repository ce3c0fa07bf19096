/** Imports run one way along the flow (CONTRIBUTING.md). Reads every import of src/ and fails on one the flow does not allow. */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const source = resolve(dirname(fileURLToPath(import.meta.url)), '../../src')

/** Stage -> stages whose code it may import. Types from any stage's `records.ts` are always allowed. */
const allowed: Record<string, readonly string[]> = {
  numerics: [],
  engine: [],
  parallel: [],
  ingest: ['numerics', 'parallel', 'engine'],
  features: ['engine'],
  estimate: ['numerics', 'parallel'],
  calibrate: ['numerics'],
  sourcing: ['numerics'],
  counterfactual: ['numerics', 'calibrate', 'sourcing'],
  report: [],
  simulate: ['sourcing', 'numerics', 'ingest'],
  // The package itself, which a pipeline file imports by its name.
  pipeline: ['index.ts', 'numerics', 'parallel', 'engine', 'ingest', 'features', 'estimate', 'calibrate', 'sourcing', 'counterfactual', 'report', 'simulate'],
  cli: ['numerics', 'parallel', 'engine', 'ingest', 'features', 'estimate', 'calibrate', 'sourcing', 'counterfactual', 'report', 'simulate', 'pipeline'],
}
const browserStages = ['numerics', 'sourcing', 'calibrate', 'counterfactual']
const forAll = ['errors.ts', 'fileErrors.ts', 'makeFolder.ts']

interface Import {
  readonly file: string
  readonly target: string
  readonly typeOnly: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8')
  const pattern = /^\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm
  return [...text.matchAll(pattern)].map((match) => ({ file, target: (match[3] ?? match[4])!, typeOnly: match[2] !== undefined }))
}

const files = readdirSync(source, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.as.ts'))
const stageOf = (file: string): string => file.split('/')[0]!

function violation(found: Import): string | undefined {
  const stage = stageOf(found.file)
  if (!(stage in allowed)) return undefined
  if (!found.target.startsWith('.')) {
    return browserStages.includes(stage) && found.target.startsWith('node:') ? `${found.file} imports ${found.target}` : undefined
  }
  const target = relative(source, resolve(source, dirname(found.file), found.target)).replace(/\.js$/, '.ts')
  const other = stageOf(target)
  if (other === stage || forAll.includes(target) || allowed[stage]!.includes(other)) return undefined
  if (found.typeOnly && target.endsWith('/records.ts')) return undefined
  return `${found.file} imports ${target}`
}

describe('imports', () => {
  it('finds the stages', () => {
    expect(new Set(files.map(stageOf))).toEqual(new Set([...Object.keys(allowed), 'errors.ts', 'fileErrors.ts', 'index.ts', 'makeFolder.ts']))
  })

  it('run one way, and browser stages import nothing of node', () => {
    expect(files.flatMap(importsOf).flatMap((found) => violation(found) ?? [])).toEqual([])
  })
})
