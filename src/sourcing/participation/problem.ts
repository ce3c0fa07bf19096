/** Reading a participation problem: shapes, signs and ranges are checked here once, so that the simulation sees sound numbers. */
import { z } from 'zod'
import { ReshoreError } from '../../errors.js'
import type { ParticipationProblem } from '../records.js'

const document = z.strictObject({
  sunk: z.number().nonnegative(),
  fixed: z.number().nonnegative(),
  gain: z.number(),
  discount: z.number().gt(0).lt(1),
  scale: z.number().positive(),
  spillover: z.number(),
  units: z.strictObject({
    effect: z.array(z.number()).min(1),
    area: z.array(z.int().nonnegative()),
    initial: z.array(z.union([z.literal(0), z.literal(1)])),
  }),
  periods: z.int().positive(),
  seed: z.int(),
})

/**
 * Returns the checked problem. Throws `ProblemError` (wrong usage) naming the place, for example `units.initial[3]`.
 *
 * @example
 * const problem = readParticipationProblem({ sunk: 3, fixed: 1, gain: 0.8, discount: 0.95, scale: 1, spillover: 0.1,
 *   units: { effect: [0], area: [0], initial: [0] }, periods: 7, seed: 1 })
 */
export function readParticipationProblem(text: unknown): ParticipationProblem {
  const parsed = document.safeParse(text)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    const place = issue.path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`)).join('')
    throw problemError(place, issue.message)
  }
  const { effect, area, initial } = parsed.data.units
  if (area.length !== effect.length) throw problemError('units.area', `has ${area.length} entries for ${effect.length} effects`)
  if (initial.length !== effect.length) throw problemError('units.initial', `has ${initial.length} entries for ${effect.length} effects`)
  // Areas are codes: a code far above the number of units is a mistake and would only allocate memory.
  const stray = area.findIndex((code) => code > 100 * effect.length + 100_000)
  if (stray >= 0) throw problemError(`units.area[${stray}]`, `is the code ${area[stray]}, far above the number of units`)
  return parsed.data
}

function problemError(place: string, message: string): ReshoreError {
  return new ReshoreError(
    'ProblemError',
    `Participation problem, ${place || 'top level'}: ${message}.`,
    'A problem is {"sunk", "fixed", "gain", "discount" in (0, 1), "scale" > 0, "spillover", "units": {"effect": [], "area": [], "initial": []}, "periods", "seed"}.',
    2,
  )
}
