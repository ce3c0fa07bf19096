/** Who is not on the next list (grouped-time hazard, logit, Cox over calendar months) and who was not on the one before. */
import { cloglog, cluster, cox, logit, type Fit, type Flow, type Step } from 'reshore'
import type { Links } from './links.js'

export interface Leaving {
  readonly cloglog: Fit<'cloglog'>
  readonly logit: Fit<'logit'>
  readonly cox: Fit<'cox'>
  /** Of the factories on a list after the first, which are new or back. */
  readonly added: Fit<'logit'>
}

const terms = 'log(km) + log(workers) + i(line) + log1p(city_others) + log1p(country_others) + log1p(group_others)'

/** Intervals between lists differ: an effect for each takes their length in. */
export function leavingStep({ step }: Flow, links: Step<Links>): Step<Leaving> {
  return step('leaving', {
    stage: 'estimate',
    inputs: { links },
    async run({ links: { atRisk, present } }, { engine }): Promise<Leaving> {
      const [leaving, there] = [await engine.query(atRisk), await engine.query(present)]
      const byCity = { vcov: cluster('city') }
      return {
        cloglog: cloglog(`event ~ ${terms} + i(wave)`, leaving, byCity),
        logit: logit(`event ~ ${terms} + i(wave)`, leaving, byCity),
        cox: cox(`surv(months_from, months_to, event) ~ ${terms}`, leaving, byCity),
        added: logit(`added ~ ${terms} + i(wave)`, there, byCity),
      }
    },
  })
}
