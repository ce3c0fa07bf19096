/**
 * Blocks -> the table of the sweeps. The block with the most levels is eliminated: rows are counting-sorted by it once, its large groups
 * first, because loops of equal length run fastest; those of one row are never swept. The levels of the others are numbered by how
 * often they occur, so that those read most lie together.
 */
import { plainSweeps } from './sweepPlain.js'
import { wasmSweeps } from './sweepWasm.js'
import type { Block, SweepKernel } from './sweepTable.js'

export interface SortedTable {
  readonly kernel: SweepKernel
  /** Table position -> row. */
  readonly order: Int32Array
  /** Groups with more than one row, which come first. */
  readonly swept: number
}

/** The table of two blocks or more. */
export function sortTable(blocks: readonly Block[], weighted: boolean, choice: 'wasm' | 'plain' = 'wasm'): SortedTable {
  const eliminated = blocks.reduce((best, block) => (block.levels > best.levels || (block.levels === best.levels && best.values && !block.values) ? block : best))
  const remaining = blocks.filter((block) => block !== eliminated)
  const rows = eliminated.codes.length
  const shape = {
    rows,
    groups: eliminated.levels,
    blocks: remaining.length,
    levels: remaining.reduce((sum, { levels }) => sum + levels, 0),
    weighted,
    sloped: remaining.some(({ values }) => values !== undefined),
    ownSlope: eliminated.values !== undefined,
  }
  const kernel = (choice === 'wasm' ? wasmSweeps(shape) : undefined) ?? plainSweeps(shape)
  const { order, swept } = sortRows(eliminated, kernel.table.starts)
  let offset = 0
  remaining.forEach((block, position) => {
    placeBlock(block, position, offset, order, kernel)
    offset += block.levels
  })
  if (eliminated.values) for (let at = 0; at < rows; at++) kernel.table.own![at] = eliminated.values[order[at]!]!
  return { kernel, order, swept }
}

function sortRows({ codes, levels }: Block, starts: Int32Array): { order: Int32Array; swept: number } {
  const counts = levelCounts(codes, levels)
  const ranks = ranksByFrequency(counts)
  ranks.forEach((rank, level) => (starts[rank + 1] = counts[level]!))
  let swept = 0
  for (let group = 0; group < levels; group++) {
    if (starts[group + 1]! > 1) swept = group + 1
    starts[group + 1]! += starts[group]!
  }
  const next = ranks.map((rank) => starts[rank]!)
  const order = new Int32Array(codes.length)
  for (let row = 0; row < codes.length; row++) order[next[codes[row]!]!++] = row
  return { order, swept }
}

/** Codes and slope of a remaining block in table order. */
function placeBlock({ codes, levels, values }: Block, position: number, offset: number, order: Int32Array, { table }: SweepKernel): void {
  const { blocks } = table
  const rank = ranksByFrequency(levelCounts(codes, levels))
  for (let at = 0, entry = position; at < order.length; at++, entry += blocks) table.codes[entry] = offset + rank[codes[order[at]!]!]!
  if (table.values) for (let at = 0, entry = position; at < order.length; at++, entry += blocks) table.values[entry] = values ? values[order[at]!]! : 1
}

function levelCounts(codes: Int32Array, levels: number): Int32Array {
  const counts = new Int32Array(levels)
  for (let row = 0; row < codes.length; row++) counts[codes[row]!]!++
  return counts
}

/** Counts beyond this are ranked alike: such levels are few. */
const mostCounted = 4095

/** Position of every level when the most frequent comes first. */
function ranksByFrequency(counts: Int32Array): Int32Array {
  const next = new Int32Array(mostCounted + 2)
  for (const count of counts) next[mostCounted - Math.min(count, mostCounted) + 1]!++
  for (let bucket = 1; bucket < next.length; bucket++) next[bucket]! += next[bucket - 1]!
  return counts.map((count) => next[mostCounted - Math.min(count, mostCounted)]!++)
}
