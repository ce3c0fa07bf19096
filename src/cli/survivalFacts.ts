/** What the text of a hazard model says below its coefficients. */
import type { ChiSquaredTest, CoxDetail, CoxFrailtyDetail, Fit } from '../estimate/records.js'
import { probability, significant, testText } from './statisticText.js'

/** Name and text of each line; empty for other models. */
export function survivalFacts(fit: Fit): [name: string, text: string][] {
  if (fit.kind === 'cox') return coxFacts((fit as Fit<'cox'>).detail)
  if (fit.kind === 'cox-frailty') return frailtyFacts((fit as Fit<'cox-frailty'>).detail)
  return []
}

const chiSquared = ({ statistic, degreesOfFreedom, pValue }: ChiSquaredTest): string =>
  testText({ statistic, distribution: 'chi-square', degrees: [degreesOfFreedom], pValue })

function coxFacts(detail: CoxDetail): [string, string][] {
  const { ties, events, tiedEvents, strata, schoenfeld, concordance, twin } = detail
  return [
    ['events', `${events}${strata > 0 ? ` in ${strata} strata` : ''}   ${tiedEvents} tied, by ${ties === 'efron' ? 'Efron' : 'Breslow'}`],
    ['all zero', `likelihood ratio ${chiSquared(detail.likelihoodRatioTest)}   score ${chiSquared(detail.scoreTest)}   Wald ${chiSquared(detail.waldTest)}`],
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
