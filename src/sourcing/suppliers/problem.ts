/** Supplier-set problem documents (`reshore solve suppliers --problem FILE.json`): shapes, signs and ranges, checked once. */
import { z } from 'zod'
import { nonNegative, positive, readDocument, requireLength } from '../document.js'
import type { SuppliersProblem } from '../records.js'

const KIND = 'suppliers'

const schema = z.strictObject({
  scale: z.union([positive, z.array(positive).min(1)], { error: 'must be a number above 0 or a list of them' }),
  industries: z.array(z.strictObject({ exponent: positive, base: nonNegative, potential: z.array(nonNegative), fixedCosts: z.array(nonNegative) })).min(1),
})

/**
 * The supplier-set problem a document states: `scale` A or a list of them, industries with `exponent` e > 0, `base` Φ₀ ≥ 0, and `potential` and
 * `fixedCosts` of equal length.
 *
 * @throws ProblemError (exit code 2) naming the place of the first fault, for example `industries[1].potential[3]`
 * @example
 * const problem = readSuppliersProblem({ scale: 10, industries: [{ exponent: 1.6, base: 1, potential: [0.5], fixedCosts: [2] }] })
 */
export function readSuppliersProblem(document: unknown): SuppliersProblem {
  const problem = readDocument(KIND, schema, document)
  problem.industries.forEach(({ potential, fixedCosts }, k) => requireLength(KIND, fixedCosts, potential.length, ['industries', k, 'fixedCosts'], 'potential'))
  return problem
}
