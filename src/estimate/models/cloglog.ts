/**
 * Pooled complementary log-log model, P(y = 1) = 1 − exp(−exp(x'β)), by maximum likelihood: on person-period rows with durations as
 * `i(t)` it is the grouped-time proportional hazards model (Prentice and Gloeckler 1978), and e^β are hazard ratios as in Cox.
 * Late entry needs nothing but rows that begin at entry; an exposure enters as an offset. Checked against R `glm(binomial(cloglog))`.
 */
import { ReshoreError } from '../../errors.js'
import type { ArrowTable, Fit, SpecInput } from '../records.js'
import { fitBinary, type BinaryOptions } from './binaryModel.js'
import { cloglogLink, cloglogLinkExpected } from './cloglogLink.js'

export interface CloglogOptions extends BinaryOptions {
  /** Information behind `iid` and the bread of the others: 'observed' (default) or 'expected', as R's `glm`. */
  readonly information?: 'observed' | 'expected'
}

/**
 * Fit of a complementary log-log model. The outcome is 0/1 or boolean. Throws as `logit` does.
 *
 * @example
 * const fit = cloglog('returned ~ i(duration) + exportShare + log(employees)', firmYears, { vcov: cluster('firm') })
 */
export function cloglog(spec: SpecInput, table: ArrowTable, options: CloglogOptions = {}): Fit<'cloglog'> {
  const { information = 'observed' } = options
  if (information !== 'observed' && information !== 'expected') {
    throw new ReshoreError('OptionError', `unknown information \`${String(information)}\``, 'Choose observed or expected.', 2)
  }
  return fitBinary('cloglog', information === 'expected' ? cloglogLinkExpected : cloglogLink, spec, table, options)
}
