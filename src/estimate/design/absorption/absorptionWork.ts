/** What the threads of an absorption do for the caller: code ids, count the rows of levels, take effects out of columns. */
import type { ChunkWork, CrewPlan, OpenCrew } from '../../../parallel/crew.js'
import { builtModule } from '../../../parallel/builtModule.js'
import { isNarrow, narrowCodes, rangeOf } from '../wholeCodes.js'
import { countMembers } from './members.js'
import { sweepWork, type SweepTask } from './sweepWork.js'

/** Whole numbers into codes, a column a piece; `levels` is −1 where they are too far apart for it. */
export interface CodeTask {
  readonly ids: readonly Int32Array[]
  readonly codes: readonly Int32Array<SharedArrayBuffer>[]
  readonly levels: Int32Array
}

/** The members of levels, an effect a piece. */
export interface CountTask {
  readonly codes: readonly Int32Array[]
  readonly members: readonly Int32Array<SharedArrayBuffer>[]
}

/** Memory that is about to be filled, still zero. */
export interface TouchTask {
  readonly pieces: readonly (readonly Float64Array[])[]
}

/** Everything large lies in shared memory. */
export type AbsorptionTask =
  | { readonly kind: 'touch'; readonly task: TouchTask }
  | { readonly kind: 'code'; readonly task: CodeTask }
  | { readonly kind: 'count'; readonly task: CountTask }
  | { readonly kind: 'sweep'; readonly task: SweepTask }

export type AbsorptionCrew = OpenCrew<AbsorptionTask>

/** Threads that can be of use at once, and pieces a task can have. */
export const mostThreads = 16

/** What the threads load. */
export const absorptionPlan: CrewPlan = { module: builtModule('./absorptionWork.js', import.meta.url), name: 'absorptionWork', chunks: mostThreads }

/** Work on the pieces of a task, the caller's and its threads' alike. */
export function absorptionWork(work: AbsorptionTask): ChunkWork {
  if (work.kind === 'sweep') return sweepWork(work.task)
  if (work.kind === 'touch') return touchWork(work.task)
  return work.kind === 'code' ? codeWork(work.task) : countWork(work.task)
}

/** Works through the pieces of a task with the crew's threads. */
export function runTask(crew: AbsorptionCrew, work: AbsorptionTask): void {
  crew.assign(work, absorptionWork(work))
  crew.run()
}

/** The same, which the threads begin while the caller does something else first. */
export function runBeside<T>(crew: AbsorptionCrew, work: AbsorptionTask, own: () => T): T {
  crew.assign(work, absorptionWork(work))
  crew.begin()
  const result = own()
  crew.run()
  return result
}

/** Zeros in memory that threads share. */
export function sharedInts(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * length))
}

function codeWork({ ids, codes, levels }: CodeTask): ChunkWork {
  return (chunk) => {
    const values = ids[chunk]
    if (!values) return
    const range = rangeOf(values)
    levels[chunk] = isNarrow(range, values.length) ? narrowCodes(values, range, codes[chunk]).levels : -1
  }
}

/** Numbers on a page of memory, or fewer. */
const pageLength = 512

/** The first write to a page costs more than all that follow. */
function touchWork({ pieces }: TouchTask): ChunkWork {
  return (chunk) => pieces[chunk]?.forEach((values) => {
    for (let at = 0; at < values.length; at += pageLength) values[at] = 0
  })
}

function countWork({ codes, members }: CountTask): ChunkWork {
  return (chunk) => codes[chunk] && countMembers(codes[chunk], members[chunk]!)
}
