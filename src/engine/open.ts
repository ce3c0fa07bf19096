/** Opens engines. The database itself is loaded on the first call only, so that `reshore --help` answers at once. */
import { availableParallelism } from 'node:os'
import { ReshoreError } from '../errors.js'
import type { Engine } from './records.js'

export interface DuckDbOptions {
  /** Threads of the engine; all cores by default. The same bytes come out for any number. */
  readonly threads?: number
  /**
   * Memory such as `2GiB` or `800MB` for the engine and what reads files beside it: the engine's own limit is three quarters of it. By
   * default the engine takes up to four fifths of the machine.
   */
  readonly memory?: string
  /** Where joins and sorts larger than memory spill to. Without one they fail with a named error, and nothing is written. */
  readonly temporaryDirectory?: string
}

/** Options with every value checked. */
export interface DuckDbSettings {
  readonly threads: number
  readonly memory?: string
  readonly temporaryDirectory?: string
}

/**
 * DuckDB in the process, in memory, without network access. Close it when done.
 *
 * @example
 * const engine = await openDuckDb({ threads: 2, memory: '2GiB' })
 * const table = await engine.query(engine.scan('panel.parquet', 'parquet'))
 * await engine.close()
 */
export async function openDuckDb(options: DuckDbOptions = {}): Promise<Engine> {
  const settings = checkedDuckDbOptions(options)
  const { startDuckDb } = await import('./duckdb.js')
  return startDuckDb(settings)
}

/** The options, or an error (exit code 2) that names the one that is wrong. */
export function checkedDuckDbOptions({ threads = availableParallelism(), memory, temporaryDirectory }: DuckDbOptions): DuckDbSettings {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new ReshoreError('OptionError', `threads is ${threads}`, 'Give a whole number of at least 1.', 2)
  }
  if (memory !== undefined && !/^\d+(\.\d+)?\s*([KMGT]i?)?B$/i.test(memory)) {
    throw new ReshoreError('OptionError', `memory is \`${memory}\``, 'Give a number and a unit, such as 800MB or 2GiB.', 2)
  }
  return { threads, memory, temporaryDirectory }
}
