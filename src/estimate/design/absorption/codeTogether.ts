/** Codes of the ids that effects are absorbed by, by as many threads as there are columns. */
import type { Vector } from 'apache-arrow'
import { groupCodes, wholeNumbers } from '../columns.js'
import type { GroupCodes } from '../wholeCodes.js'
import { mostThreads, runTask, sharedInts, type AbsorptionCrew } from './absorptionWork.js'

export interface IdVector {
  readonly name: string
  readonly column: Vector
}

/** What `groupCodes` gives of each column; in shared memory where threads made them. */
export function codeTogether(columns: readonly IdVector[], crew: AbsorptionCrew): GroupCodes[] {
  const alone = (): GroupCodes[] => columns.map(({ name, column }) => groupCodes(column, name))
  const ids = columns.flatMap(({ column }) => wholeNumbers(column) ?? [])
  if (crew.threads === 1 || columns.length < 2 || columns.length > mostThreads || ids.length < columns.length) return alone()
  const codes = ids.map(({ length }) => sharedInts(length))
  const levels = sharedInts(columns.length)
  runTask(crew, { kind: 'code', task: { ids: ids.map(sharedCopy), codes, levels } })
  return columns.map(({ name, column }, at) => (levels[at]! < 0 ? groupCodes(column, name) : { codes: codes[at]!, levels: levels[at]! }))
}

function sharedCopy(values: Int32Array): Int32Array<SharedArrayBuffer> {
  const copy = sharedInts(values.length)
  copy.set(values)
  return copy
}
