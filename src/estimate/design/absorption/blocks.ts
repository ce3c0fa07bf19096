/**
 * Absorbed effects as blocks of coefficients: one for the levels, one for every slope. A slope variable is first made orthogonal, within
 * each level, to the level itself and to the slopes before it: that spans the same space and keeps the blocks of one effect apart.
 */
import type { AbsorbedEffect } from '../../records.js'
import { findSingletons } from './singletons.js'
import type { Block } from './sweepTable.js'

/** What is left of a slope variable within a level counts as nothing below this share of it (squared). */
const nothing = 1e-22

/** Blocks of all effects, in their order. */
export function effectBlocks(effects: readonly AbsorbedEffect[], weights?: Float64Array): Block[] {
  const { alone, sizes: known } = findSingletons(effects)
  return effects.flatMap((effect) => {
    const { name, levels, codes, slopes = [] } = effect
    const sizes = known.get(codes) ?? levelSizes(codes, levels, alone)
    const blocks: Block[] = slopes.length > 0 && effect.slopesOnly ? [] : [{ name, levels, codes, sizes }]
    for (const slope of slopes) blocks.push({ name: `${name}[${slope.name}]`, levels, codes, sizes, values: orthogonalised(slope.values, blocks, effect, weights) })
    return blocks
  })
}

function levelSizes(codes: Int32Array, levels: number, alone: Uint8Array | undefined): Int32Array {
  const sizes = new Int32Array(levels)
  for (let row = 0; row < codes.length; row++) if (!alone || alone[row] === 0) sizes[codes[row]!]!++
  return sizes
}

function orthogonalised(slope: Float64Array, before: readonly Block[], { codes, levels }: AbsorbedEffect, weights: Float64Array | undefined): Float64Array {
  const whole = levelSums(codes, levels, weights, slope, slope)
  const values = slope.slice()
  // Twice, as one pass of Gram and Schmidt leaves what a large mean has rounded.
  for (let pass = 0; pass < 2; pass++) {
    for (const { values: other } of before) {
      const products = levelSums(codes, levels, weights, values, other)
      const squares = levelSums(codes, levels, weights, other, other)
      for (let row = 0; row < values.length; row++) {
        const level = codes[row]!
        if (squares[level]! > 0) values[row]! -= (products[level]! / squares[level]!) * (other ? other[row]! : 1)
      }
    }
  }
  const left = levelSums(codes, levels, weights, values, values)
  for (let row = 0; row < values.length; row++) if (!(left[codes[row]!]! > nothing * whole[codes[row]!]!)) values[row] = 0
  return values
}

/** Σ w a b by level; an absent factor is one. */
export function levelSums(codes: Int32Array, levels: number, weights?: Float64Array, a?: Float64Array, b?: Float64Array): Float64Array {
  const sums = new Float64Array(levels)
  for (let row = 0; row < codes.length; row++) sums[codes[row]!]! += (weights ? weights[row]! : 1) * (a ? a[row]! : 1) * (b ? b[row]! : 1)
  return sums
}
