/** Participation problem documents (`reshore solve participation --problem FILE.json`): shapes, signs and ranges, checked once. */
import { z } from 'zod'
import { nonNegative, positive, problemError, readDocument, requireLength } from '../document.js'
import type { ParticipationProblem } from '../records.js'

const KIND = 'participation'

const schema = z.strictObject({
  sunk: nonNegative,
  fixed: nonNegative,
  gain: z.number(),
  discount: z.number().gt(0).lt(1),
  scale: positive,
  spillover: z.number(),
  units: z.strictObject({
    effect: z.array(z.number()).min(1),
    area: z.array(z.int().nonnegative()),
    initial: z.array(z.union([z.literal(0), z.literal(1)], { error: 'must be 0 or 1' })),
  }),
  periods: z.int().positive(),
  seed: z.int(),
})

/**
 * The participation problem a document states; the lists of `units` have one entry a unit.
 *
 * @throws ProblemError (exit code 2) naming the place of the first fault, for example `units.initial[3]`
 * @example
 * const problem = readParticipationProblem({ sunk: 3, fixed: 1, gain: 0.8, discount: 0.95, scale: 1, spillover: 0.1,
 *   units: { effect: [0], area: [0], initial: [0] }, periods: 7, seed: 1 })
 */
export function readParticipationProblem(document: unknown): ParticipationProblem {
  const problem = readDocument(KIND, schema, document)
  const { effect, area, initial } = problem.units
  requireLength(KIND, area, effect.length, ['units', 'area'], 'units.effect')
  requireLength(KIND, initial, effect.length, ['units', 'initial'], 'units.effect')
  // Areas are codes: one far above the number of units is a mistake and would only take memory.
  const stray = area.findIndex((code) => code > 100 * effect.length + 100_000)
  if (stray >= 0) throw problemError(KIND, ['units', 'area', stray], `is the code ${area[stray]}, far above the number of units`, 'Number the areas from 0.')
  return problem
}
