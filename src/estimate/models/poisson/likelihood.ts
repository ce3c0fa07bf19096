/** Deviance and log-likelihood of Poisson outcomes with mean μ; outcomes need not be whole numbers (the pseudo-likelihood of PPML). */
import gammaln from '@stdlib/math-base-special-gammaln'

/** 2 Σ w [y ln(y/μ) − (y − μ)]. */
export function deviance(outcome: Float64Array, mean: Float64Array, weights?: Float64Array): number {
  let total = 0
  for (let from = 0; from < outcome.length; from += 4096) {
    let partial = 0
    for (let row = from, to = Math.min(from + 4096, outcome.length); row < to; row++) {
      const y = outcome[row]!
      const term = y > 0 ? y * Math.log(y / mean[row]!) - (y - mean[row]!) : mean[row]!
      partial += weights ? weights[row]! * term : term
    }
    total += partial
  }
  return 2 * total
}

/** Σ w [y ln y − y − ln Γ(y + 1)]: the log-likelihood of a model that fits every row, from which half the deviance is taken off. */
export function saturatedLogLikelihood(outcome: Float64Array, weights?: Float64Array): number {
  let total = 0
  for (let row = 0; row < outcome.length; row++) {
    const y = outcome[row]!
    if (y > 0) total += (weights ? weights[row]! : 1) * (y * Math.log(y) - y - gammaln(y + 1))
  }
  return total
}

/** Means of the model with a constant and the offset only. */
export function nullMean(outcome: Float64Array, offset?: Float64Array, weights?: Float64Array): Float64Array {
  let [outcomes, exposures] = [0, 0]
  for (let row = 0; row < outcome.length; row++) {
    const weight = weights ? weights[row]! : 1
    outcomes += weight * outcome[row]!
    exposures += weight * (offset ? Math.exp(offset[row]!) : 1)
  }
  const mean = outcomes / exposures
  return offset ? offset.map((value) => mean * Math.exp(value)) : new Float64Array(outcome.length).fill(mean)
}
