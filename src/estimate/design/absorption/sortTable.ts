/**
 * Blocks -> the table of the sweeps. The block with the most levels is eliminated: rows are counting-sorted by it once, its large groups
 * first, because loops of equal length run fastest. The levels of the others are numbered by how often they occur, so that those
 * read most lie together.
 */
import type { Block, SweepTable, TableRoom } from './sweepTable.js'

/** The table of two blocks or more, without the rows flagged by `alone`; with weights or slopes it still waits for `weighTable`. */
export function sortTable(blocks: readonly Block[], weighted: boolean, alone: Uint8Array | undefined, room: TableRoom): SweepTable {
  const eliminated = blocks.reduce((best, block) => (block.levels > best.levels || (block.levels === best.levels && best.values && !block.values) ? block : best))
  const remaining = blocks.filter((block) => block !== eliminated)
  const { position, starts } = sortRows(eliminated, alone, room)
  const groups = starts.length - 1
  const rows = starts[groups]!
  const codes = room.int32(rows * remaining.length)
  const ranked = remaining.map(({ sizes }) => ranksByFrequency(sizes))
  const levels = ranked.reduce((sum, { present }) => sum + present, 0)
  const inverse = room.float64(groups)
  const diagonal = room.float64(levels)
  for (let group = 0; group < groups; group++) inverse[group] = 1 / (starts[group + 1]! - starts[group]!)
  let offset = 0
  remaining.forEach((block, place) => {
    const { ranks, present } = ranked[place]!
    for (let level = 0; level < ranks.length; level++) {
      ranks[level]! += offset
      if (block.sizes[level]! > 0) diagonal[ranks[level]!] = 1 / block.sizes[level]!
    }
    placeCodes(block.codes, ranks, place, remaining.length, position, codes)
    offset += present
  })
  return {
    rows, groups, levels, position, starts, codes, inverse, diagonal,
    blocks: remaining.length,
    ...(remaining.some(({ values }) => values !== undefined) && { values: slopesOf(remaining, position, room.float64(rows * remaining.length)) }),
    ...(eliminated.values && { own: placeRows(eliminated.values, position, room.float64(rows)) }),
    ...(weighted && { weights: room.float64(rows) }),
  }
}

/** Puts weights (by row of the sample) into the table, and what follows from them and from slopes; without weights they are ones. */
export function weighTable(table: SweepTable, weights?: Float64Array): void {
  const { groups, blocks, starts, codes, values, own, inverse, diagonal } = table
  if (weights) placeRows(weights, table.position, table.weights!)
  else if (!values && !own) return
  diagonal.fill(0)
  for (let group = 0; group < groups; group++) {
    const [first, end] = [starts[group]!, starts[group + 1]!]
    let squares = table.weights || own ? 0 : end - first
    if (table.weights || own) for (let at = first; at < end; at++) squares += (table.weights ? table.weights[at]! : 1) * (own ? own[at]! ** 2 : 1)
    inverse[group] = squares > 0 ? 1 / squares : 0
    for (let at = first; at < end; at++) {
      const weight = table.weights ? table.weights[at]! : 1
      for (let entry = at * blocks; entry < (at + 1) * blocks; entry++) diagonal[codes[entry]!]! += weight * (values ? values[entry]! ** 2 : 1)
    }
  }
  for (let level = 0; level < diagonal.length; level++) diagonal[level] = diagonal[level]! > 0 ? 1 / diagonal[level]! : 0
}

/** Where every row goes, −1 for those that are alone, and where the groups start. */
function sortRows({ codes, sizes }: Block, alone: Uint8Array | undefined, room: TableRoom): { position: Int32Array; starts: Int32Array } {
  const { ranks, present } = ranksByFrequency(sizes)
  const starts = room.int32(present + 1)
  for (let level = 0; level < sizes.length; level++) if (sizes[level]! > 0) starts[ranks[level]! + 1] = sizes[level]!
  for (let group = 0; group < present; group++) starts[group + 1]! += starts[group]!
  const next = ranks
  for (let level = 0; level < sizes.length; level++) if (sizes[level]! > 0) next[level] = starts[ranks[level]!]!
  const position = room.int32(codes.length)
  if (alone) for (let row = 0; row < codes.length; row++) position[row] = alone[row] === 0 ? next[codes[row]!]!++ : -1
  else for (let row = 0; row < codes.length; row++) position[row] = next[codes[row]!]!++
  return { position, starts }
}

/** Codes of a remaining block in table order. */
function placeCodes(codes: Int32Array, ranks: Int32Array, place: number, blocks: number, position: Int32Array, target: Int32Array): void {
  for (let row = 0; row < codes.length; row++) {
    const at = position[row]!
    if (at >= 0) target[at * blocks + place] = ranks[codes[row]!]!
  }
}

function slopesOf(blocks: readonly Block[], position: Int32Array, result: Float64Array): Float64Array {
  result.fill(1)
  blocks.forEach(({ values }, place) => {
    if (values) for (let row = 0; row < values.length; row++) if (position[row]! >= 0) result[position[row]! * blocks.length + place] = values[row]!
  })
  return result
}

function placeRows(values: Float64Array, position: Int32Array, target: Float64Array): Float64Array {
  for (let row = 0; row < values.length; row++) if (position[row]! >= 0) target[position[row]!] = values[row]!
  return target
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
