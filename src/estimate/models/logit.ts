/**
 * Pooled logit, P(y = 1) = 1/(1 + e^(−x'β)), by maximum likelihood. Checked against R glm, sandwich and statsmodels.
 */
import type { ArrowTable, Fit, SpecInput } from '../records.js'
import { fitBinary, type BinaryOptions } from './binaryModel.js'
import { logitLink } from './links.js'

/**
 * Fit of a pooled logit. The outcome is 0/1 or boolean. Throws `OutcomeError`, `SeparationError`, `SingularDesignError` and the errors of
 * the formula and the design.
 *
 * @example
 * const fit = logit('inlf ~ educ + exper + I(exper^2)', mroz, { vcov: robust() })
 */
export function logit(spec: SpecInput, table: ArrowTable, options: BinaryOptions = {}): Fit<'logit'> {
  return fitBinary('logit', logitLink, spec, table, options)
}
