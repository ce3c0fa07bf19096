/**
 * Pooled probit, P(y = 1) = Φ(x'β), by maximum likelihood; covariance from the expected information, as R and fixest have it
 * (Stata and statsmodels use the observed one: about 1 % apart). Checked against R glm and sandwich.
 */
import type { ArrowTable, Fit, SpecInput } from '../records.js'
import { fitBinary, type BinaryOptions } from './binaryModel.js'
import { probitLink } from './links.js'

/**
 * Fit of a pooled probit. The outcome is 0/1 or boolean. Throws as `logit` does.
 *
 * @example
 * const fit = probit('inlf ~ educ + exper', mroz, { vcov: cluster('city') })
 */
export function probit(spec: SpecInput, table: ArrowTable, options: BinaryOptions = {}): Fit<'probit'> {
  return fitBinary('probit', probitLink, spec, table, options)
}
