/**
 * Small-sample factors (they multiply the variance; n observations, k coefficients, G clusters):
 *
 * | convention | clustered | robust | spatial |
 * | --- | --- | --- | --- |
 * | `fixest` | G/(G−1) · (n−1)/(n−K) | n/(n−K) | (n−1)/(n−K) |
 * | `stata` | linear as fixest; otherwise G/(G−1) | linear n/(n−K); otherwise n/(n−1) | 1 |
 * | `none` | 1 | 1 | 1 |
 *
 * K counts the coefficients and, where effects are absorbed, the levels (and slopes) of those that are not nested in a cluster,
 * less one for each such effect but the first; `countEffects` has the exact count. With several clusterings G is the smallest, and one
 * factor holds for the whole matrix.
 */
import { countEffects } from '../design/absorption/degrees.js'
import type { ScoreData } from '../records.js'
import { observationCount } from './sandwich.js'

export type SmallSample = 'fixest' | 'stata' | 'none'

/** Coefficients plus absorbed levels, without the effects whose position is in `nested`. */
export function countedParameters(scores: ScoreData, nested: ReadonlySet<number> = new Set()): number {
  const coefficients = scores.counted ?? scores.parameters
  if (scores.absorbed.length === 0) return coefficients
  const counted = scores.absorbed.filter((_, position) => !nested.has(position))
  // Where every effect is nested the constant they span still counts.
  return coefficients + (counted.length === 0 ? 1 : countEffects(counted, scores.effectCount))
}

/** Clusters: default `fixest` for linear models and generalised linear models, `none` for the others. */
export function clusterFactor(scores: ScoreData, convention: SmallSample, clusters: number, nested: ReadonlySet<number>): number {
  if (convention === 'none' || scores.family === 'moments') return 1
  const byClusters = clusters / (clusters - 1)
  if (convention === 'stata' && scores.family !== 'linear') return byClusters
  const n = observationCount(scores)
  return byClusters * ((n - 1) / (n - countedParameters(scores, nested)))
}

/** Model-based: n−K in linear models, n where no correction is asked for. */
export function modelBasedFactor(scores: ScoreData, convention: 'none' | undefined): number {
  if (convention === undefined || scores.family !== 'linear') return 1
  const n = observationCount(scores)
  return (n - countedParameters(scores)) / n
}

/** Robust: without a convention n/(n−K) for linear models and 1 otherwise. */
export function robustFactor(scores: ScoreData, convention: SmallSample | undefined): number {
  if (scores.family === 'moments') return 1
  const n = observationCount(scores)
  const linear = n / (n - countedParameters(scores))
  if (convention === undefined) return scores.family === 'linear' ? linear : 1
  if (convention === 'none') return 1
  return convention === 'fixest' || scores.family === 'linear' ? linear : n / (n - 1)
}

/** Dyads: without a convention G/(G−1) with G firms for every family. */
export function dyadicFactor(scores: ScoreData, convention: SmallSample | undefined, firms: number, nested: ReadonlySet<number>): number {
  if (convention !== undefined || scores.family === 'moments') return clusterFactor(scores, convention ?? 'none', firms, nested)
  return firms / (firms - 1)
}

/** Conley: only fixest has a factor. */
export function spatialFactor(scores: ScoreData, convention: SmallSample, nested: ReadonlySet<number>): number {
  if (convention !== 'fixest' || scores.family === 'moments') return 1
  const n = observationCount(scores)
  return (n - 1) / (n - countedParameters(scores, nested))
}

/** The convention a family follows when the user names none. */
export function familyConvention(scores: ScoreData): SmallSample {
  return scores.family === 'linear' || scores.family === 'glm' ? 'fixest' : 'none'
}

/** Degrees of freedom of t statistics without clusters: n−K for linear models, otherwise infinite (normal). */
export function residualDegrees(scores: ScoreData): number {
  return scores.family === 'linear' ? observationCount(scores) - countedParameters(scores) : Infinity
}
