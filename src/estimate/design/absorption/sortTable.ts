/**
 * Blocks -> the table of the sweeps. The block with the most levels is eliminated: rows are counting-sorted by it once, its large groups
 * first, because loops of equal length run fastest. The levels of the others are numbered by how often they occur, so that those
 * read most lie together.
 */
import type { Block, SweepTable } from './sweepTable.js'

/** The table of two blocks or more, without the rows flagged by `alone`; its weights are yet to come (`weighTable`). */
export function sortTable(blocks: readonly Block[], weighted: boolean, alone?: Uint8Array): SweepTable {
  const eliminated = blocks.reduce((best, block) => (block.levels > best.levels || (block.levels === best.levels && best.values && !block.values) ? block : best))
  const remaining = blocks.filter((block) => block !== eliminated)
  const { order, starts } = sortRows(eliminated, alone)
  const [rows, groups] = [order.length, starts.length - 1]
  const codes = new Int32Array(rows * remaining.length)
  let levels = 0
  remaining.forEach((block, position) => (levels += placeCodes(block, position, remaining.length, levels, order, codes)))
  const sloped = remaining.some(({ values }) => values !== undefined)
  return {
    rows, groups, levels, order, starts, codes,
    blocks: remaining.length,
    ...(sloped && { values: slopesOf(remaining, order) }),
    ...(eliminated.values && { own: gatherRows(eliminated.values, order) }),
    ...(weighted && { weights: new Float64Array(rows) }),
    inverse: new Float64Array(groups),
    diagonal: new Float64Array(levels),
  }
}

/** Puts weights (by row of the sample) into the table, and what follows from them; without weights they are ones. */
export function weighTable(table: SweepTable, weights?: Float64Array): void {
  const { rows, groups, blocks, starts, codes, values, own, inverse, diagonal } = table
  if (weights) for (let at = 0; at < rows; at++) table.weights![at] = weights[table.order[at]!]!
  diagonal.fill(0)
  for (let group = 0; group < groups; group++) {
    let squares = 0
    for (let at = starts[group]!; at < starts[group + 1]!; at++) {
      const weight = table.weights ? table.weights[at]! : 1
      squares += weight * (own ? own[at]! ** 2 : 1)
      for (let entry = at * blocks; entry < (at + 1) * blocks; entry++) diagonal[codes[entry]!]! += weight * (values ? values[entry]! ** 2 : 1)
    }
    inverse[group] = squares > 0 ? 1 / squares : 0
  }
  for (let level = 0; level < diagonal.length; level++) diagonal[level] = diagonal[level]! > 0 ? 1 / diagonal[level]! : 0
}

function sortRows({ codes, levels }: Block, alone: Uint8Array | undefined): { order: Int32Array; starts: Int32Array } {
  const counts = new Int32Array(levels)
  let rows = 0
  for (let row = 0; row < codes.length; row++) {
    if (alone && alone[row] === 1) continue
    counts[codes[row]!]!++
    rows++
  }
  const { ranks, present } = ranksByFrequency(counts)
  const starts = new Int32Array(present + 1)
  for (let level = 0; level < levels; level++) if (counts[level]! > 0) starts[ranks[level]! + 1] = counts[level]!
  for (let group = 0; group < present; group++) starts[group + 1]! += starts[group]!
  const next = ranks
  for (let level = 0; level < levels; level++) if (counts[level]! > 0) next[level] = starts[ranks[level]!]!
  const order = new Int32Array(rows)
  for (let row = 0; row < codes.length; row++) if (!alone || alone[row] === 0) order[next[codes[row]!]!++] = row
  return { order, starts }
}

/** Codes of a remaining block in table order, from `offset` on; returns how many levels occur. */
function placeCodes({ codes, levels }: Block, position: number, blocks: number, offset: number, order: Int32Array, target: Int32Array): number {
  const counts = new Int32Array(levels)
  for (let at = 0, entry = position; at < order.length; at++, entry += blocks) {
    const code = codes[order[at]!]!
    target[entry] = code
    counts[code]!++
  }
  const { ranks, present } = ranksByFrequency(counts)
  for (let at = 0, entry = position; at < order.length; at++, entry += blocks) target[entry] = offset + ranks[target[entry]!]!
  return present
}

function slopesOf(blocks: readonly Block[], order: Int32Array): Float64Array {
  const result = new Float64Array(order.length * blocks.length).fill(1)
  blocks.forEach(({ values }, position) => {
    if (values) for (let at = 0, entry = position; at < order.length; at++, entry += blocks.length) result[entry] = values[order[at]!]!
  })
  return result
}

function gatherRows(values: Float64Array, order: Int32Array): Float64Array {
  const result = new Float64Array(order.length)
  for (let at = 0; at < order.length; at++) result[at] = values[order[at]!]!
  return result
}

/** Counts beyond this are ranked alike: such levels are few. */
const mostCounted = 4095

/** Position of every level when the most frequent comes first, and how many levels occur. */
function ranksByFrequency(counts: Int32Array): { ranks: Int32Array; present: number } {
  const next = new Int32Array(mostCounted + 2)
  for (let level = 0; level < counts.length; level++) next[mostCounted - Math.min(counts[level]!, mostCounted) + 1]!++
  for (let bucket = 1; bucket < next.length; bucket++) next[bucket]! += next[bucket - 1]!
  const present = next[mostCounted]!
  const ranks = new Int32Array(counts.length)
  for (let level = 0; level < counts.length; level++) ranks[level] = next[mostCounted - Math.min(counts[level]!, mostCounted)]!++
  return { ranks, present }
}
