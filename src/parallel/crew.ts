/**
 * Threads that help a synchronous caller through the chunks of a sum, again and again: a likelihood at every step of an optimiser. Whoever is
 * free takes the next chunk and leaves its result in shared memory under the chunk's number, so that the caller, who adds them up in
 * order, gets the same bits however many helped. The caller works as well and waits for nobody who has not begun: helpers start in the
 * background and join when they are there.
 *
 * One number hands the chunks out, `run × 256 + chunk`: who draws from it late draws from the run that is on, whose inputs were
 * in memory before its first number was, or draws a number beyond its chunks and goes back to wait.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { ReshoreError } from '../errors.js'
import { builtModule } from './builtModule.js'

/** Work on chunk numbers; inputs and results lie in shared memory. */
export type ChunkWork = (chunk: number) => void

export interface CrewWork<Settings> {
  /** URL of the built module, from `builtModule`. */
  readonly module: string
  /** Name of its exported function `(settings, thread) => ChunkWork`; helpers are threads 1, 2, …, the caller is 0. */
  readonly name: string
  /** Copied to each helper, but for shared memory, which all see. */
  readonly settings: Settings
  readonly chunks: number
}

/** Helpers until `close`. */
export interface Crew {
  /** Works through all chunks; returns when every one is done. */
  run(): void
  close(): void
}

const most = 64
const chunkBits = 8
/** Positions of the shared numbers. */
const [ticket, current, done, failed] = [0, 1, 2, 3] as const
/** `current` when there is nothing more to do. */
const over = -1

/** What a helper is started with. */
export interface CrewPlace {
  readonly work: CrewWork<unknown>
  readonly thread: number
  readonly control: Int32Array
}

/** Threads worth having for work that takes one of them `seconds`: starting helpers does not pay below a third of a second. */
export function usefulThreads(seconds: number): number {
  return seconds < 0.3 ? 1 : Math.min(availableParallelism(), 8)
}

/**
 * A crew of `threads` with the caller, who does `own`. With one there are no helpers.
 *
 * @throws UsageError (exit code 2) unless `threads` is a whole number above zero
 */
export function startCrew<Settings>(work: CrewWork<Settings>, own: ChunkWork, threads: number): Crew {
  if (!Number.isInteger(threads) || threads < 1 || threads > most) throw new ReshoreError('UsageError', `${threads} threads`, `Give a whole number from 1 to ${most}.`, 2)
  if (work.chunks >= 1 << (chunkBits - 1)) throw new RangeError(`${work.chunks} chunks`)
  const alone = (): void => {
    for (let chunk = 0; chunk < work.chunks; chunk++) own(chunk)
  }
  if (threads === 1) return { run: alone, close: () => {} }
  const control = new Int32Array(new SharedArrayBuffer(16))
  for (let thread = 1; thread < threads; thread++) {
    const place: CrewPlace = { work, thread, control }
    const helper = new Worker(new URL(builtModule('./crewWorker.js', import.meta.url)), { workerData: place })
    helper.on('error', () => {}) // It has said so under `failed`, or never began.
    helper.unref()
  }
  let run = 0
  return {
    run() {
      if (Atomics.load(control, failed) !== 0) return alone()
      run++
      Atomics.store(control, done, 0)
      Atomics.store(control, ticket, run << chunkBits)
      Atomics.store(control, current, run)
      Atomics.notify(control, current)
      takeChunks(control, work.chunks, own)
      for (let count = Atomics.load(control, done); count < work.chunks; count = Atomics.load(control, done)) Atomics.wait(control, done, count)
      // A helper's failure is met again here, where it can be thrown.
      if (Atomics.load(control, failed) !== 0) alone()
    },
    close() {
      Atomics.store(control, current, over)
      Atomics.notify(control, current)
    },
  }
}

/** A helper's life: waits for runs and takes chunks until the crew is closed. */
export function joinCrew(work: ChunkWork, { control, work: { chunks } }: CrewPlace): void {
  for (let seen = 0; ;) {
    Atomics.wait(control, current, seen)
    seen = Atomics.load(control, current)
    if (seen === over) return
    takeChunks(control, chunks, (chunk) => {
      try {
        work(chunk)
      } catch {
        Atomics.store(control, failed, 1)
      }
    })
  }
}

function takeChunks(control: Int32Array, chunks: number, work: ChunkWork): void {
  for (;;) {
    const chunk = Atomics.add(control, ticket, 1) & ((1 << chunkBits) - 1)
    if (chunk >= chunks) return
    work(chunk)
    if (Atomics.add(control, done, 1) + 1 === chunks) Atomics.notify(control, done)
  }
}
