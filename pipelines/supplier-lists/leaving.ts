/** Who is not on the next list: grouped-time hazards, a logit, and Cox over calendar months, clustered by city. */
import { cloglog, cluster, cox, logit, type Fit, type Flow, type Step } from 'reshore'
import type { Links } from './links.js'

export interface Leaving {
  readonly cloglog: Fit<'cloglog'>
  readonly logit: Fit<'logit'>
  readonly cox: Fit<'cox'>
}

const terms = 'log(km) + log(workers) + i(line) + log1p(city_others) + log1p(country_others) + log1p(group_others)'

/** Intervals between lists differ: an effect for each takes their length in. */
export function leavingStep({ step }: Flow, links: Step<Links>): Step<Leaving> {
  return step('leaving', {
    stage: 'estimate',
    inputs: { links },
    async run({ links: { atRisk } }, { engine }): Promise<Leaving> {
      const table = await engine.query(atRisk)
      const byCity = { vcov: cluster('city') }
      return {
        cloglog: cloglog(`event ~ ${terms} + i(wave)`, table, byCity),
        logit: logit(`event ~ ${terms} + i(wave)`, table, byCity),
        cox: cox(`surv(months_from, months_to, event) ~ ${terms}`, table, byCity),
      }
    },
  })
}
