/** What the text of an instrumental-variables fit says about its instruments. */
import type { AndersonRubinSet, Fit, FirstStage, TFInference } from '../estimate/index.js'
import { probability, significant, testText } from './statisticText.js'

/** Name and text of each line; empty for other models. */
export function instrumentFacts(fit: Fit): [name: string, text: string][] {
  if (fit.kind !== 'iv') return []
  const { detail } = fit as Fit<'iv'>
  const { method, kappa, fuller, kleibergenPaap, effectiveF, tF, andersonRubin, conditional, wuHausman, sargan, hansenJ } = detail
  const critical = effectiveF?.criticalValues.map(({ tolerance, simplified }) => `${significant(simplified)} (${Math.round(100 * tolerance)}%)`).join(' ')
  const overidentified = [['Sargan', sargan] as const, ['Hansen J', hansenJ] as const].flatMap(([name, result]) => (result ? [`${name} ${testText(result)}`] : []))
  const rank = kleibergenPaap ? `   Kleibergen–Paap F ${significant(kleibergenPaap.waldF)}, LM ${testText(kleibergenPaap.lm)}` : ''
  const set = andersonRubin?.confidenceSetF ? `   95% set ${intervals(andersonRubin.confidenceSetF)}` : ''
  const lines: [string, string | undefined][] = [
    ['method', method === '2sls' ? 'two-stage least squares' : method === 'gmm' ? 'two-step GMM' : `${method === 'liml' ? 'LIML' : `Fuller(${fuller})`}, kappa ${kappa.toFixed(6)}`],
    ...detail.firstStages.map((stage): [string, string] => ['first stage', firstStage(stage)]),
    ['weak instruments', `Cragg–Donald F ${significant(detail.craggDonald.statistic)}${rank}   (${detail.covariance})`],
    ['effective F', effectiveF && `${significant(effectiveF.statistic)}   critical for a bias of ${critical}`],
    ['tF', tF && tFText(tF)],
    ['Anderson–Rubin', andersonRubin && `all zero: ${testText(andersonRubin.f)}${set}`],
    ...(andersonRubin?.projections ?? []).map(({ endogenous, confidenceSetF }): [string, string] => ['projection', `${endogenous}   95% set ${intervals(confidenceSetF)}`]),
    ['conditional', conditional && `CLR ${significant(conditional.clr.statistic)} (p ${probability(conditional.clr.pValue)})   95% set ${intervals(conditional.clr.confidenceSet)}`],
    ['Kleibergen K', conditional && `${testText(conditional.k)}   95% set ${intervals(conditional.k.confidenceSet)}`],
    ['Wu–Hausman', wuHausman && testText(wuHausman)],
    ['overidentification', overidentified.length > 0 ? overidentified.join('   ') : undefined],
  ]
  return lines.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as [string, string]]))
}

/** Exogenous regressors of a first stage that are listed; more are counted. */
const listed = 8

function firstStage({ endogenous, terms, instruments, f, waldF, partialRSquared, sandersonWindmeijer }: FirstStage): string {
  const rows = (of: FirstStage['terms']): string => of.map(({ term, estimate, stdError }) => `${term} ${significant(estimate)} (${significant(stdError)})`).join(', ')
  const others = terms.slice(0, terms.length - instruments.length)
  const beside = others.length === 0 ? '' : ` beside ${others.length > listed ? `${others.length} regressors` : rows(others)}`
  const conditional = sandersonWindmeijer && sandersonWindmeijer.degrees[0] !== f.degrees[0] ? `   conditional ${testText(sandersonWindmeijer)}` : ''
  return `${endogenous} on ${rows(instruments)}${beside}   ${testText(waldF ?? f)}   partial R² ${partialRSquared.toFixed(4)}${conditional}`
}

function tFText({ f, criticalValue, stdError, confidenceInterval: [low, high] }: TFInference): string {
  if (criticalValue === null) return `no 95% interval: F ${significant(f)} is below 3.84`
  return `std. error ${significant(stdError!)}   95% interval [${significant(low!)}, ${significant(high!)}]   (F ${significant(f)}, ${criticalValue.toFixed(2)} in place of 1.96)`
}

function intervals({ shape, intervals: parts }: AndersonRubinSet): string {
  if (shape === 'empty') return 'empty'
  const text = parts.map(([low, high]) => `${low === null ? '(−∞' : `[${significant(low)}`}, ${high === null ? '∞)' : `${significant(high)}]`}`).join(' ∪ ')
  return `${text} (${{ bounded: 'bounded', rays: 'two rays', line: 'the whole line' }[shape]})`
}
