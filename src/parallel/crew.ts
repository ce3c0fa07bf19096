/**
 * Threads that help a synchronous caller through the chunks of a sum, again and again: a likelihood at every step of an optimiser. Whoever is
 * free takes the next chunk and leaves its result in shared memory under the chunk's number, so that the caller, who adds them up in
 * order, gets the same bits however many helped. The caller works as well and waits for nobody who has not begun: helpers start in the
 * background and join when they are there.
 *
 * One number hands the chunks out, `run × 256 + chunk`: who draws from it late draws from the run that is on, whose inputs were
 * in memory before its first number was, or draws a number beyond its chunks and goes back to wait. What a crew works on is posted to its
 * helpers before the run; who has drawn a chunk looks there first.
 */
import { availableParallelism } from 'node:os'
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import { ReshoreError } from '../errors.js'
import { builtModule } from './builtModule.js'

/** Work on chunk numbers; inputs and results lie in shared memory. */
export type ChunkWork = (chunk: number) => void

/** What helpers load as they start. */
export interface CrewPlan {
  /** URL of the built module, from `builtModule`. */
  readonly module: string
  /** Name of its exported function `(settings, thread) => ChunkWork`; helpers are threads 1, 2, …, the caller is 0. */
  readonly name: string
  readonly chunks: number
}

export interface CrewWork<Settings> extends CrewPlan {
  /** Copied to each helper, but for shared memory, which all see. */
  readonly settings: Settings
}

/** Helpers until `close`. */
export interface Crew {
  /** Works through all chunks; returns when every one is done. */
  run(): void
  close(): void
}

/** Helpers that start before it is known what they will work on. */
export interface OpenCrew<Settings> extends Crew {
  readonly threads: number
  /** What `run` works on from now on: the caller does `own`, helpers what the plan's function makes of the settings. */
  assign(settings: Settings, own: ChunkWork): void
  /** Lets the helpers begin a run while the caller does something else; the next `run` takes part in it and ends it. */
  begin(): void
}

const most = 64
const chunkBits = 8
/** Positions of the shared numbers. */
const [ticket, current, done, failed] = [0, 1, 2, 3] as const
/** `current` when there is nothing more to do. */
const over = -1

/** What a helper is started with; settings come through the port. */
export interface CrewPlace {
  readonly plan: CrewPlan
  readonly thread: number
  readonly control: Int32Array
  readonly port: MessagePort
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
  const crew = openCrew<Settings>(work, threads)
  crew.assign(work.settings, own)
  return crew
}

/** A crew whose work is assigned once it is known; throws as `startCrew` does. */
export function openCrew<Settings>({ module, name, chunks }: CrewPlan, threads: number): OpenCrew<Settings> {
  if (!Number.isInteger(threads) || threads < 1 || threads > most) throw new ReshoreError('UsageError', `${threads} threads`, `Give a whole number from 1 to ${most}.`, 2)
  if (chunks >= 1 << (chunkBits - 1)) throw new RangeError(`${chunks} chunks`)
  let own: ChunkWork = () => {}
  const alone = (): void => {
    for (let chunk = 0; chunk < chunks; chunk++) own(chunk)
  }
  if (threads === 1) return { threads, assign: (_settings, work) => (own = work), begin: () => {}, run: alone, close: () => (own = () => {}) }
  const control = new Int32Array(new SharedArrayBuffer(16))
  const ports = Array.from({ length: threads - 1 }, (_, at) => startHelper({ module, name, chunks }, at + 1, control))
  let run = 0
  let begun = false
  const begin = (): void => {
    begun = true
    run++
    Atomics.store(control, done, 0)
    Atomics.store(control, ticket, run << chunkBits)
    Atomics.store(control, current, run)
    Atomics.notify(control, current)
  }
  return {
    threads,
    begin,
    assign(settings, work) {
      own = work
      for (const port of ports) port.postMessage(settings)
    },
    run() {
      if (Atomics.load(control, failed) !== 0) return alone()
      if (!begun) begin()
      begun = false
      takeChunks(control, chunks, own)
      for (let count = Atomics.load(control, done); count < chunks; count = Atomics.load(control, done)) Atomics.wait(control, done, count)
      // A helper's failure is met again here, where it can be thrown.
      if (Atomics.load(control, failed) !== 0) alone()
    },
    close() {
      own = () => {}
      Atomics.store(control, current, over)
      Atomics.notify(control, current)
      for (const port of ports) port.close()
    },
  }
}

function startHelper(plan: CrewPlan, thread: number, control: Int32Array): MessagePort {
  const { port1, port2 } = new MessageChannel()
  port1.unref()
  const place: CrewPlace = { plan, thread, control, port: port2 }
  // Built modules need none of the options (a loader of TypeScript, say) the caller was started with.
  const helper = new Worker(new URL(builtModule('./crewWorker.js', import.meta.url)), { workerData: place, transferList: [port2], execArgv: [] })
  helper.on('error', () => {}) // It has said so under `failed`, or never began.
  helper.unref()
  return port1
}

/** A helper's life: waits for runs and takes chunks until the crew is closed. */
export function joinCrew(prepare: (settings: unknown, thread: number) => ChunkWork, { control, thread, port, plan: { chunks } }: CrewPlace): void {
  let work: ChunkWork | undefined
  const assigned = (): ChunkWork => {
    for (let message = receiveMessageOnPort(port); message; message = receiveMessageOnPort(port)) work = prepare(message.message, thread)
    return work!
  }
  for (let seen = 0; ;) {
    Atomics.wait(control, current, seen)
    seen = Atomics.load(control, current)
    if (seen === over) return port.close()
    takeChunks(control, chunks, (chunk) => {
      try {
        assigned()(chunk)
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
