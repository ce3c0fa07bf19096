/**
 * Covariance of a conditional logit of quads, two buyers i, k and two suppliers j, l each (Jochmans 2018; Graham 2017): given the effects of
 * firms, pairs of firms are linked independently, so that scores of two quads correlate where they share a pair,
 *
 *     Ω = Σ over quads q, q' with a common pair of s_q s_q' = Σ_p S_p S_p' − Σ_t S_t S_t' + Σ_q s_q s_q',
 *
 * S_p the sum over the quads with pair p (each quad has four) and S_t that over the quads with both pairs of t, two of one buyer or of one
 * supplier (each has four): quads that share two pairs are counted twice in the first sum, and once in the second. The leading part is the
 * projection of the U-statistic on pairs. It holds for all quads and for any sample of them. Cost is linear in quads. Checked against the
 * double loop over quads in test/estimate/quads.test.ts.
 */
import { ReshoreError } from '../../errors.js'
import { crossProduct } from '../../numerics/linearAlgebra.js'
import { sharedCodes } from '../design/sharedCodes.js'
import type { Note, ScoreData, VcovEstimator } from '../records.js'
import { repairNegative } from './repairNegative.js'
import { requireCells } from './requireCells.js'
import { groupScores, sandwich } from './sandwich.js'

export interface QuadColumns {
  /** The linked pairs of the first row of a quad are buyer–supplier and otherBuyer–otherSupplier. */
  readonly buyer: string
  readonly otherBuyer: string
  readonly supplier: string
  readonly otherSupplier: string
}

/**
 * Covariance of quads that correlate where they share a pair of buyer and supplier; for `fe-logit` conditional on the quad. Throws `QuadError` where
 * the model is not conditional on groups or one group has several buyers in a column.
 *
 * @example
 * const fit = feLogit('chosen ~ log_km | quad', quads, { vcov: quadDyads({ buyer: 'buyer', otherBuyer: 'other_buyer', supplier: 'supplier', otherSupplier: 'other_supplier' }) })
 */
export function quadDyads({ buyer, otherBuyer, supplier, otherSupplier }: QuadColumns): VcovEstimator {
  const columns = [buyer, otherBuyer, supplier, otherSupplier]
  const label = `quads(${columns.join(', ')})`
  return {
    label,
    columns,
    bind(table) {
      const { codes, levels } = sharedCodes(columns.map((name) => ({ table, name, role: 'a firm of the quads' })))
      return (scores) => {
        if (!scores.groups) throw new ReshoreError('QuadError', 'a covariance of quads needs a model conditional on the quad', 'Estimate fe-logit with the quad as its group.', 2)
        codes.forEach((code, c) => requireCells('QuadError', `the firm \`${columns[c]!}\``, scores.unit, (row) => code[row]! < 0))
        const meat = quadMeat(scores, firmsOf(scores, codes), levels.length)
        const notes: Note[] = [{ kind: 'convention', text: 'Covariance of quads that share a pair of firms, without small-sample factor.' }]
        return { matrix: repairNegative(sandwich(scores, meat), scores, { covariance: 'covariance of quads', cause: 'few pairs', notes }), label, degreesOfFreedom: Infinity, notes }
      }
    },
  }
}

/** The four firms of every quad: i, k, j, l. */
function firmsOf({ groups, unit }: ScoreData, codes: readonly Int32Array[]): Int32Array[] {
  const firms = codes.map(() => new Int32Array(groups!.levels).fill(-1))
  groups!.codes.forEach((quad, row) => codes.forEach((code, c) => {
    const firm = code[unit[row]!]!
    if (firms[c]![quad] !== -1 && firms[c]![quad] !== firm) throw new ReshoreError('QuadError', `a group of \`${groups!.name}\` has several firms in one column`, 'Give both rows of a quad the same four firms.')
    firms[c]![quad] = firm
  }))
  return firms
}

/** Ω, k × k. */
function quadMeat(scores: ScoreData, [i, k, j, l]: readonly Int32Array[], firms: number): Float64Array {
  const { groups, parameters } = scores
  const quads = groups!.levels
  const sums = groupScores(scores, groups!.codes, quads)
  const pair = (a: number, b: number): number => a * firms + b
  const unordered = (a: number, b: number): number => pair(Math.min(a, b), Math.max(a, b))
  const pairs = (q: number): number[] => [pair(i![q]!, j![q]!), pair(i![q]!, l![q]!), pair(k![q]!, j![q]!), pair(k![q]!, l![q]!)]
  // Two pairs of one supplier are named by the buyers and it, those of one buyer by the suppliers and it: as texts, numbers would not do.
  const [buyers, suppliers] = [(q: number) => unordered(i![q]!, k![q]!), (q: number) => unordered(j![q]!, l![q]!)]
  const both = (q: number): string[] => [`s${buyers(q)} ${j![q]!}`, `s${buyers(q)} ${l![q]!}`, `b${suppliers(q)} ${i![q]!}`, `b${suppliers(q)} ${k![q]!}`]
  const byPair = meatOver(quads, pairs, sums, parameters)
  const byTwo = meatOver(quads, both, sums, parameters)
  return crossProduct(sums, quads, parameters).map((value, cell) => value + byPair[cell]! - byTwo[cell]!)
}

/** Σ over keys of the outer product of the sum of scores of the quads with the key. */
function meatOver<Key>(quads: number, keys: (quad: number) => readonly Key[], scores: Float64Array, k: number): Float64Array {
  const place = new Map<Key, number>()
  for (let q = 0; q < quads; q++) for (const key of keys(q)) if (!place.has(key)) place.set(key, place.size)
  const sums = new Float64Array(place.size * k)
  for (let q = 0; q < quads; q++) {
    for (const key of keys(q)) {
      const to = place.get(key)! * k
      for (let c = 0; c < k; c++) sums[to + c]! += scores[q * k + c]!
    }
  }
  return crossProduct(sums, place.size, k)
}
