/** What the text of a hazard model says below its coefficients. */
import { overallTest } from '../estimate/index.js'
import type { ChiSquaredTest, CoxFrailtyDetail, Fit } from '../estimate/records.js'
import { probability, significant, testText } from './statisticText.js'

/** Name and text of each line; empty for other models. */
export function survivalFacts(fit: Fit): [name: string, text: string][] {
  if (fit.kind === 'cox') return coxFacts(fit as Fit<'cox'>)
  if (fit.kind === 'cox-frailty') return frailtyFacts((fit as Fit<'cox-frailty'>).detail)
  return []
}

const chiSquared = ({ statistic, degreesOfFreedom, pValue }: ChiSquaredTest): string =>
  testText({ statistic, distribution: 'chi-square', degrees: [degreesOfFreedom], pValue })

function coxFacts(fit: Fit<'cox'>): [string, string][] {
  const { detail } = fit
  // The three tests are model-based; another covariance has its own.
  const own = fit.vcov.label === 'iid' ? undefined : overallTest(fit)
  const { ties, events, tiedEvents, strata, schoenfeld, concordance, twin } = detail
  return [
    ['events', `${events}${strata > 0 ? ` in ${strata} strata` : ''}   ${tiedEvents} tied, by ${ties === 'efron' ? 'Efron' : 'Breslow'}`],
    ['all zero', `likelihood ratio ${chiSquared(detail.likelihoodRatioTest)}   score ${chiSquared(detail.scoreTest)}   Wald ${chiSquared(detail.waldTest)}${own ? `   under ${fit.vcov.label} ${testText(own)}` : ''}`],
    ...(schoenfeld ? [['proportional', schoenfeld.tests.map(({ term, ...result }) => `${term} ${chiSquared(result)}`).join('   ')] as [string, string]] : []),
    ...(concordance ? [['concordance', `${concordance.concordance.toFixed(4)} (${concordance.stdError.toFixed(4)})`] as [string, string]] : []),
    ...(twin ? [['grouped time', twin.map(({ term, cloglog }) => `${term} ${significant(cloglog.estimate)} (${significant(cloglog.stdError)})`).join('   ')] as [string, string]] : []),
  ]
}

function frailtyFacts({ events, theta, theta_stdError, boundaryTest }: CoxFrailtyDetail): [string, string][] {
  return [
    ['events', String(events)],
    ['theta', `${significant(theta)}${theta_stdError === undefined ? '' : ` (${significant(theta_stdError)})`}   against 0: p ${probability(boundaryTest.pValue)}`],
  ]
}
