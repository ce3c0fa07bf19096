/** The decision and its end: binary models with correlated effects, and duration models, both clustered by firm. */
import { cloglog, cluster, cox, logit, probit, proportionalHazards, reProbit, type Flow } from 'reshore'
import { survivalAtMeans } from './exit.js'
import type { featureStep } from './features.js'
import { entryFormula, exitTerms } from './formulas.js'
import type { AnyStudy } from './study.js'

type Features = ReturnType<typeof featureStep>

/** Pooled logit and probit, and the random-effects probit. */
export function entryStep({ step }: Flow, study: AnyStudy, features: Features) {
  return step('entry', {
    stage: 'estimate',
    inputs: { features },
    async run({ features: { entry } }, { engine, threads }) {
      const table = await engine.query(entry)
      const formula = entryFormula(study)
      const byFirm = { vcov: cluster('firm') }
      return {
        logit: logit(formula, table, byFirm),
        probit: probit(formula, table, byFirm),
        reProbit: reProbit(formula, table, { ...byFirm, group: 'firm', threads }),
      }
    },
  })
}

/** Cox over years at risk, its grouped-time twin with an effect for every year, and the test of proportional hazards. */
export function exitStep({ step }: Flow, study: AnyStudy, features: Features) {
  return step('exit', {
    stage: 'estimate',
    inputs: { features },
    async run({ features }, { engine }) {
      const spells = await engine.query(features.spells)
      const terms = exitTerms(study).join(' + ')
      const byFirm = { vcov: cluster('firm') }
      const coxFit = cox(`surv(start, stop, event) ~ ${terms}`, spells, byFirm)
      return {
        cox: coxFit,
        cloglog: cloglog(`event ~ ${terms} + i(stop)`, spells, byFirm),
        proportionality: proportionalHazards(coxFit, spells),
        survival: survivalAtMeans(study, coxFit, spells),
      }
    },
  })
}
