/** How many threads take effects out, and their life: they start before the design is bound and are there when its columns are. */
import { openCrew, usefulThreads } from '../../../parallel/crew.js'
import type { ModelSpec } from '../../records.js'
import { absorptionPlan, mostThreads, type AbsorptionCrew } from './absorptionWork.js'

/** Work with two effects or more is shared; seconds a row and column take one thread are the model's. */
export interface CrewSize {
  readonly rows: number
  readonly columns: number
  readonly seconds: number
  readonly threads?: number
}

/** Calls `body` with threads that end when it does. Throws a `UsageError` for a number of threads that is none. */
export function withAbsorptionCrew<T>({ absorb }: ModelSpec, { rows, columns, seconds, threads }: CrewSize, body: (crew: AbsorptionCrew) => T): T {
  const blocks = absorb.reduce((sum, { slopes = [], slopesOnly }) => sum + slopes.length + (slopesOnly ? 0 : 1), 0)
  const wanted = threads ?? usefulThreads(blocks < 2 ? 0 : rows * columns * seconds)
  const crew: AbsorptionCrew = openCrew(absorptionPlan, Number.isInteger(wanted) ? Math.min(wanted, blocks < 2 ? 1 : mostThreads) : wanted)
  try {
    return body(crew)
  } finally {
    crew.close()
  }
}
