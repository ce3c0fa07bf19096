/**
 * Reading a supplier-set problem: shapes, signs and ranges are checked here once, so that the solvers see sound numbers.
 */
import { z } from 'zod'
import { ReshoreError } from '../../errors.js'
import type { SuppliersProblem } from '../records.js'

const industry = z.strictObject({
  exponent: z.number().positive(),
  base: z.number().nonnegative(),
  potential: z.array(z.number().nonnegative()),
  fixedCosts: z.array(z.number().nonnegative()),
})
const document = z.strictObject({
  scale: z.union([z.number().positive(), z.array(z.number().positive()).min(1)]),
  industries: z.array(industry).min(1),
})

/**
 * Returns the checked problem. Throws `ProblemError` (wrong usage) naming the place, for example `industries[1].potential[3]`.
 *
 * @example
 * const problem = readSuppliersProblem({ scale: 10, industries: [{ exponent: 1.6, base: 1, potential: [0.5], fixedCosts: [2] }] })
 */
export function readSuppliersProblem(text: unknown): SuppliersProblem {
  const parsed = document.safeParse(text)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw problemError(placeOf(issue.path), issue.message)
  }
  parsed.data.industries.forEach(({ potential, fixedCosts }, k) => {
    if (potential.length !== fixedCosts.length) {
      throw problemError(`industries[${k}].fixedCosts`, `has ${fixedCosts.length} entries for ${potential.length} potentials`)
    }
  })
  return parsed.data
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`)).join('')
}

function problemError(place: string, message: string): ReshoreError {
  return new ReshoreError(
    'ProblemError',
    `Supplier problem, ${place || 'top level'}: ${message}.`,
    'A problem is {"scale": A or [A, …], "industries": [{"exponent": e > 0, "base": Φ0 ≥ 0, "potential": [Φ ≥ 0], "fixedCosts": [f ≥ 0]}]}.',
    2,
  )
}
