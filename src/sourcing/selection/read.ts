/** Selection problem documents (`reshore solve selection --problem FILE.json`). */
import { z } from 'zod'
import { nonNegative, positive, problemError, readDocument, requireLength } from '../document.js'
import type { SelectionProblem } from '../records.js'

const KIND = 'selection'

const distributionSchema = z.union([
  z.strictObject({ pareto: z.strictObject({ shape: positive, minimum: positive }) }),
  z.strictObject({ lognormal: z.strictObject({ mean: z.number(), sd: positive }) }),
  z.strictObject({ truncatedPareto: z.strictObject({ shape: positive, minimum: positive, maximum: positive }) }),
  z.strictObject({ empirical: z.strictObject({ productivity: z.array(positive).min(1), weights: z.array(nonNegative).optional() }) }),
])

const selectionSchema = z.strictObject({
  sigma: z.number().gt(1).optional(),
  alpha: z.number().gt(0).lt(1).optional(),
  mu: z.number().gt(0).lt(1),
  deathRate: z.number().gt(0).max(1),
  entryCost: positive,
  domesticCost: positive,
  offshoringCost: positive,
  intensity: z.number().min(0).max(1),
  wageGap: z.number().min(1),
  distribution: z.unknown(),
  population: positive.optional(),
  wage: positive.optional(),
})

/**
 * The selection problem a document states: 0 < μ < α, f_o > f_d, ω ≥ 1, z in [0, 1], and a distribution whose moment of order
 * σ − 1 is finite (Pareto: shape above σ − 1).
 *
 * @throws ProblemError (exit code 2) naming the place of the first fault
 * @example const problem = readSelectionProblem(JSON.parse(text))
 */
export function readSelectionProblem(document: unknown): SelectionProblem {
  const read = readDocument(KIND, selectionSchema, document)
  if ((read.sigma === undefined) === (read.alpha === undefined)) {
    const fault = read.sigma === undefined ? 'is missing, and so is alpha' : 'is given together with alpha'
    throw problemError(KIND, ['sigma'], fault, 'Give one of sigma and alpha = 1 − 1/σ.')
  }
  const alpha = read.alpha ?? 1 - 1 / read.sigma!
  if (read.mu >= alpha) {
    throw problemError(KIND, ['mu'], `is ${read.mu} and must be below alpha = ${alpha}`,
      'Varieties of a sector are closer substitutes than sectors.')
  }
  if (read.offshoringCost <= read.domesticCost) {
    throw problemError(KIND, ['offshoringCost'], `is ${read.offshoringCost} and must be above domesticCost = ${read.domesticCost}`,
      'Without that every firm offshores, whatever its productivity.')
  }
  const distribution = readDistribution(read.distribution, alpha / (1 - alpha))
  return { ...read, distribution }
}

function readDistribution(given: unknown, a: number): SelectionProblem['distribution'] {
  const names = ['pareto', 'lognormal', 'truncatedPareto', 'empirical'] as const
  const keys = typeof given === 'object' && given !== null ? Object.keys(given) : []
  const branch = names.findIndex((name) => keys.length === 1 && keys[0] === name)
  if (branch < 0) throw problemError(KIND, ['distribution'], `must have one of the keys ${names.join(', ')}`)
  const schema = distributionSchema.options[branch] as z.ZodType<SelectionProblem['distribution']>
  const distribution = readDocument(KIND, schema, given, ['distribution'])
  if ('pareto' in distribution && distribution.pareto.shape <= a) {
    throw problemError(KIND, ['distribution', 'pareto', 'shape'], `is ${distribution.pareto.shape} and must be above σ − 1 = ${a}`,
      'Average sales are infinite otherwise; use truncatedPareto to cut the tail.')
  }
  if ('truncatedPareto' in distribution && distribution.truncatedPareto.maximum <= distribution.truncatedPareto.minimum) {
    throw problemError(KIND, ['distribution', 'truncatedPareto', 'maximum'], 'must be above minimum')
  }
  if ('empirical' in distribution && distribution.empirical.weights) {
    const { productivity, weights } = distribution.empirical
    requireLength(KIND, weights, productivity.length, ['distribution', 'empirical', 'weights'], 'one weight a firm')
    if (!weights.some((weight) => weight > 0)) throw problemError(KIND, ['distribution', 'empirical', 'weights'], 'are all 0')
  }
  return distribution
}
