/** Where dirt goes: some lines of a file, evenly spread with chance within each stretch, kinds in turn. */
import { randomStream } from '../../numerics/index.js'
import type { JapanDirtKind, PlantedDirt } from '../records.js'

/** Rows for each dirty line of a kind; a smaller file has one of each. */
const rowsPerDirt = 4000

export interface DirtPlan {
  /** The kind that row `row` of the clean file (from 0) is to carry, if any. */
  at(row: number): JapanDirtKind | undefined
}

/** Spreads `kinds` over `rows`; none where dirt is not wanted. Rows are to be asked for in order. */
export function planDirt(file: string, rows: number, kinds: readonly JapanDirtKind[], wanted: boolean, seed: number): DirtPlan {
  const total = wanted ? kinds.length * Math.max(1, Math.round(rows / rowsPerDirt)) : 0
  const stream = randomStream(seed, 'japan', 'dirt', file)
  let planted = 0
  const place = (): number => Math.floor(((planted + stream.uniform()) * rows) / total)
  let next = total > 0 ? place() : -1
  return {
    at: (row) => {
      if (row !== next) return undefined
      const kind = kinds[planted++ % kinds.length]
      next = planted < total ? Math.max(row + 1, place()) : -1
      return kind
    },
  }
}

/** Notes a planted line. */
export type NoteDirt = (dirt: PlantedDirt<JapanDirtKind>) => void
