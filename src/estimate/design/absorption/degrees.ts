/**
 * Parameters that absorbed effects take up. `levels` is fixest's rule: the levels of every effect, less one for each but the first, and a
 * slope for every level. `exact` leaves out what other effects determine: with two effects the connected components of the graph whose
 * edges are the rows (Abowd, Creecy and Kramarz 2002), for every further one the most components it forms with one before (a bound, as in
 * reghdfe), and slopes without variation in their level.
 */
import type { AbsorbedEffect, EffectCount } from '../../records.js'
import { effectBlocks } from './blocks.js'

/** Parameters of the effects together. */
export function countEffects(effects: readonly AbsorbedEffect[], rule: EffectCount = 'levels'): number {
  const plain = effects.filter(({ slopesOnly }) => !slopesOnly)
  const levels = plain.reduce((sum, effect) => sum + effect.levels, 0)
  if (rule === 'levels') {
    const slopes = effects.reduce((sum, effect) => sum + effect.levels * (effect.slopes?.length ?? 0), 0)
    return levels + slopes - Math.max(0, plain.length - 1)
  }
  const redundant = plain.reduce((sum, effect, position) => sum + plain.slice(0, position).reduce((most, before) => Math.max(most, components(before, effect)), 0), 0)
  return levels - redundant + identifiedSlopes(effects)
}

/** Slopes of levels in which the variable varies. */
function identifiedSlopes(effects: readonly AbsorbedEffect[]): number {
  return effectBlocks(effects).reduce((sum, { codes, levels, values }) => {
    if (!values) return sum
    const varies = new Uint8Array(levels)
    for (let row = 0; row < codes.length; row++) if (values[row] !== 0) varies[codes[row]!] = 1
    return sum + varies.reduce((count, flag) => count + flag, 0)
  }, 0)
}

/** Connected components of the graph of the levels of two effects, rows its edges. */
export function components(a: AbsorbedEffect, b: AbsorbedEffect): number {
  const parent = Int32Array.from({ length: a.levels + b.levels }, (_, node) => node)
  const rootOf = (node: number): number => {
    while (parent[node] !== node) {
      parent[node] = parent[parent[node]!]!
      node = parent[node]!
    }
    return node
  }
  let count = a.levels + b.levels
  for (let row = 0; row < a.codes.length; row++) {
    const left = rootOf(a.codes[row]!)
    const right = rootOf(a.levels + b.codes[row]!)
    if (left === right) continue
    parent[right] = left
    count--
  }
  return count
}
