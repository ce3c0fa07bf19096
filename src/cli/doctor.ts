/** `reshore doctor`: checks what a run needs from the machine, one line a check; exit code 1 when one fails. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, freemem, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { defineCommand } from './command.js'

export interface Check {
  readonly name: string
  readonly ok: boolean
  /** What was found, or what went wrong. */
  readonly found: string
  /** What to do; only when not ok. */
  readonly remedy?: string
}

const oldestNode = [20, 19] as const
const leastMemory = 2 * 2 ** 30
/** A module whose one function adds two f64x2 vectors: compiles only where SIMD is there. */
const simdModule = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
)

export const command = defineCommand({
  name: 'doctor',
  summary: 'check the installation',
  positionals: [],
  options: {},
  async run(_, io) {
    const checks = await Promise.all([
      nodeVersion(),
      simd(),
      sharedMemory(),
      encodings(),
      memory(),
      temporaryFolder(),
      worker(),
      database(),
      typescript(),
    ])
    const ok = checks.every((check) => check.ok)
    io.result({ ok, checks }, () =>
      [...checks.map(checkLine), ok ? 'Everything a run needs is there.' : 'Something a run needs is missing.'].join('\n'),
    )
    if (!ok) return 1
  },
})

function checkLine({ name, ok, found, remedy }: Check): string {
  return `${ok ? 'ok   ' : 'FAIL '} ${name}: ${found}${remedy === undefined ? '' : `. ${remedy}`}`
}

function nodeVersion(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  return {
    name: 'Node',
    ok,
    found: process.versions.node,
    ...(ok ? {} : { remedy: `Install Node ${oldestNode.join('.')} or later.` }),
  }
}

function simd(): Check {
  const ok = WebAssembly.validate(simdModule)
  return {
    name: 'WebAssembly SIMD',
    ok,
    found: ok ? 'available' : 'not available',
    ...(ok ? {} : { remedy: 'Use a 64-bit build of Node on a processor with SIMD.' }),
  }
}

function sharedMemory(): Check {
  const ok = typeof SharedArrayBuffer === 'function'
  return {
    name: 'shared memory',
    ok,
    found: ok ? 'available' : 'not available',
    ...(ok ? {} : { remedy: 'Start Node without flags that disable SharedArrayBuffer.' }),
  }
}

function encodings(): Check {
  const missing = ['shift_jis', 'windows-1252'].filter((label) => !decodes(label))
  const ok = missing.length === 0
  return {
    name: 'encodings',
    ok,
    found: ok ? 'Shift_JIS and Windows-1252 decode' : `cannot decode ${missing.join(', ')}`,
    ...(ok ? {} : { remedy: 'Install Node with full ICU.' }),
  }
}

function decodes(label: string): boolean {
  try {
    return new TextDecoder(label, { fatal: true }) !== undefined
  } catch {
    return false
  }
}

function memory(): Check {
  const ok = totalmem() >= leastMemory
  const found = `${gibibytes(totalmem())} GiB, ${gibibytes(freemem())} GiB free, ${availableParallelism()} processors`
  return {
    name: 'memory',
    ok,
    found,
    ...(ok ? {} : { remedy: 'Large files need at least 2 GiB; give --memory below what is free.' }),
  }
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1)
}

function temporaryFolder(): Check {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'reshore-doctor-'))
    writeFileSync(join(folder, 'probe'), 'probe')
    rmSync(folder, { recursive: true })
    return { name: 'temporary folder', ok: true, found: `${tmpdir()} is writable` }
  } catch (error) {
    return {
      name: 'temporary folder',
      ok: false,
      found: `${tmpdir()}: ${(error as Error).message}`,
      remedy: 'Set TMPDIR to a folder you can write to.',
    }
  }
}

function worker(): Promise<Check> {
  return new Promise((resolve) => {
    const started = performance.now()
    const thread = new Worker('require("node:worker_threads").parentPort.postMessage(1)', { eval: true })
    const failed = (error: Error): void =>
      resolve({
        name: 'worker threads',
        ok: false,
        found: error.message,
        remedy: 'Allow this process to start threads, or run with --threads 1.',
      })
    thread.once('error', failed)
    thread.once('message', () =>
      resolve({ name: 'worker threads', ok: true, found: `one started in ${(performance.now() - started).toFixed(0)} ms` }),
    )
  })
}

async function database(): Promise<Check> {
  try {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const [[version] = []] = (await connection.runAndReadAll('SELECT version()')).getRows()
    connection.closeSync()
    instance.closeSync()
    return { name: 'DuckDB', ok: true, found: String(version) }
  } catch (error) {
    return {
      name: 'DuckDB',
      ok: false,
      found: (error as Error).message,
      remedy: 'Run npm ci again on this machine: its binary is made for one platform.',
    }
  }
}

async function typescript(): Promise<Check> {
  try {
    await import('tsx/esm/api')
    return { name: 'TypeScript pipelines', ok: true, found: 'tsx loads' }
  } catch (error) {
    return {
      name: 'TypeScript pipelines',
      ok: false,
      found: (error as Error).message,
      remedy: 'Run npm ci again on this machine.',
    }
  }
}
