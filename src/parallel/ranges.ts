/**
 * Bulk work over a range of units (firms, replications) on worker threads. The work is an exported function of a built module,
 * called as `name(settings, from, to)` for consecutive parts of the range; it must depend on its arguments alone. Results come back
 * in the order of the range, so that a caller who merges them in that order gets the same bits for any number of workers.
 *
 * Settings are copied to each call, except typed arrays on a SharedArrayBuffer, which all workers see and may write to, each in
 * its own part.
 */
import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { ReshoreError } from '../errors.js'
import { builtModule } from './builtModule.js'
import type { RangeCall, RangeReply } from './rangeWorker.js'

export interface RangeWork<Settings> {
  /** URL of the built module, from `builtModule`. */
  readonly module: string
  /** Name of the exported function `(settings, from, to) => result`. */
  readonly name: string
  readonly settings: Settings
}

export interface RangeParts {
  readonly from: number
  readonly to: number
  /** Units a call takes; parts begin at multiples of it. */
  readonly part: number
  /** Called after each part with the number of units done so far. */
  readonly onProgress?: (done: number) => void
}

/** Worker threads, started when first needed, that stay until `close`. With one worker, or one part, the calling thread works. */
export interface RangePool extends AsyncDisposable {
  readonly workers: number
  /** Results by part, in the order of the range. */
  map<Settings, Result>(work: RangeWork<Settings>, parts: RangeParts): Promise<Result[]>
  close(): Promise<void>
}

/**
 * A pool of worker threads, as many as the machine has processors when no number is given.
 *
 * @throws UsageError (exit code 2) unless `workers` is a whole number above zero
 * @example
 * await using pool = rangePool(2)
 * const parts = await pool.map({ module, name: 'simulateTrees', settings }, { from: 0, to: 1e7, part: 131_072 })
 */
export function rangePool(workers: number = availableParallelism()): RangePool {
  if (!Number.isInteger(workers) || workers < 1) throw new ReshoreError('UsageError', `${workers} workers`, 'Give a whole number of at least 1.', 2)
  let threads: Threads | undefined
  const start = (): Threads => (threads ??= new Piscina({ filename: builtModule('./rangeWorker.js', import.meta.url), minThreads: workers, maxThreads: workers }))
  const close = async (): Promise<void> => {
    await threads?.close()
    threads = undefined
  }
  return { workers, map: (work, parts) => mapParts(workers > 1 ? start : undefined, work, parts), close, [Symbol.asyncDispose]: close }
}

type Threads = Piscina<RangeCall, RangeReply>

async function mapParts<Settings, Result>(
  startThreads: (() => Threads) | undefined,
  { module, name, settings }: RangeWork<Settings>,
  { from, to, part, onProgress }: RangeParts,
): Promise<Result[]> {
  const { callRange } = await import('./rangeWorker.js')
  const starts: number[] = []
  for (let start = from; start < to; start = (Math.floor(start / part) + 1) * part) starts.push(start)
  const threads = starts.length > 1 ? startThreads?.() : undefined
  let done = 0
  const runPart = async (start: number, index: number): Promise<Result> => {
    const end = Math.min(starts[index + 1] ?? to, to)
    const call = { module, name, settings, from: start, to: end }
    const reply = await (threads === undefined ? callRange(call) : threads.run(call))
    if ('failure' in reply) throw new ReshoreError(reply.failure.name, reply.failure.message, reply.failure.remedy, reply.failure.exitCode)
    done += end - start
    onProgress?.(done)
    return reply.value as Result
  }
  if (threads !== undefined) return Promise.all(starts.map(runPart))
  const results: Result[] = []
  for (const [index, start] of starts.entries()) results.push(await runPart(start, index))
  return results
}
