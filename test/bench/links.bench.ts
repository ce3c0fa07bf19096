/**
 * The link side at full size: raw Shift_JIS files of 4.5 million links in each of two years (both sides report, 14.5 million
 * lines) and 900,000 firms to typed tables, the link table and the buyer tables, on two threads; then the same with 2 GiB for the engine.
 * The files are simulated once, in the system's folder for temporary files, and kept there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { simulateJapan } from '../../src/simulate/index.js'
import type { LinksRun } from './linksChild.js'
import { printTable } from './table.js'

const size = { firms: 900_000, links: 4_500_000, seed: 1 }
const memories = [undefined, '2GiB'] as const

export async function run(): Promise<void> {
  const data = join(tmpdir(), `reshore-japan-${size.links}-${size.seed}`)
  if (!existsSync(join(data, 'truth.json'))) await simulateJapan({ out: data, ...size })
  const runs = memories.map((memory) => measured(data, memory))
  const stages = Object.keys(runs[0]!.seconds)
  const total = ({ seconds }: LinksRun): number => stages.reduce((sum, stage) => sum + seconds[stage]!, 0)
  const names = memories.map((memory) => memory ?? 'no bound')
  printTable('raw files to buyer tables, seconds on two threads', ['', ...names], [
    ...stages.map((stage) => [stage, ...runs.map(({ seconds }) => seconds[stage]!.toFixed(1))]),
    ['all', ...runs.map((one) => total(one).toFixed(1))], ['CPU', ...runs.map(({ cpu }) => cpu.toFixed(1))],
    ['resident GiB', ...runs.map(({ resident }) => resident.toFixed(2))],
  ])
  const same = Object.entries(runs[0]!.hashes).every(([name, hash]) => runs.every(({ hashes }) => hashes[name] === hash))
  console.log(`${same ? 'The same bytes' : 'DIFFERENT BYTES'} with either memory; rows: ${JSON.stringify(runs[0]!.rows)}`)
}

function measured(data: string, memory?: string): LinksRun {
  const out = mkdtempSync(join(tmpdir(), 'reshore-bench-links-'))
  try {
    const child = fileURLToPath(new URL('./linksChild.ts', import.meta.url))
    const args = ['--import', 'tsx', child, data, out, ...(memory === undefined ? [] : [memory])]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
    if (status !== 0) throw new Error(stderr)
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as LinksRun
  } finally {
    rmSync(out, { recursive: true })
  }
}
