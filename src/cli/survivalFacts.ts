/** What the text of a hazard model says below its coefficients. */
import type { ChiSquaredTest, CoxDetail, CoxFrailtyDetail, Fit } from '../estimate/records.js'

/** Name and text of each line; empty for other models. */
export function survivalFacts(fit: Fit): [name: string, text: string][] {
  if (fit.kind === 'cox') return coxFacts((fit as Fit<'cox'>).detail)
  if (fit.kind === 'cox-frailty') return frailtyFacts((fit as Fit<'cox-frailty'>).detail)
  return []
}

const number = (value: number): string => String(Number(value.toPrecision(5)))
const probability = (value: number): string => (value < 1e-4 ? value.toExponential(1) : value.toFixed(4))
const test = ({ statistic, degreesOfFreedom, pValue }: ChiSquaredTest): string => `χ²(${degreesOfFreedom}) ${number(statistic)} (p ${probability(pValue)})`

function coxFacts(detail: CoxDetail): [string, string][] {
  const { ties, events, tiedEvents, strata, schoenfeld, concordance, twin } = detail
  return [
    ['events', `${events}${strata > 0 ? ` in ${strata} strata` : ''}   ${tiedEvents} tied, by ${ties === 'efron' ? 'Efron' : 'Breslow'}`],
    ['all zero', `likelihood ratio ${test(detail.likelihoodRatioTest)}   score ${test(detail.scoreTest)}   Wald ${test(detail.waldTest)}`],
    ...(schoenfeld ? [['proportional', schoenfeld.tests.map(({ term, ...result }) => `${term} ${test(result)}`).join('   ')] as [string, string]] : []),
    ...(concordance ? [['concordance', `${concordance.concordance.toFixed(4)} (${concordance.stdError.toFixed(4)})`] as [string, string]] : []),
    ...(twin ? [['grouped time', twin.map(({ term, cloglog }) => `${term} ${number(cloglog.estimate)} (${number(cloglog.stdError)})`).join('   ')] as [string, string]] : []),
  ]
}

function frailtyFacts({ events, theta, theta_stdError, boundaryTest }: CoxFrailtyDetail): [string, string][] {
  return [
    ['events', String(events)],
    ['theta', `${number(theta)}${theta_stdError === undefined ? '' : ` (${number(theta_stdError)})`}   against 0: p ${probability(boundaryTest.pValue)}`],
  ]
}
