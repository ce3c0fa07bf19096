/** A fit as `reshore estimate` prints it: the JSON document, and a table for readers. */
import { formatFormula, glance, overallTest, tidy, type Glance } from '../estimate/index.js'
import type { Fit, TestResult, TidyRow } from '../estimate/records.js'
import type { FurtherResults } from './furtherResults.js'
import { instrumentFacts } from './instrumentFacts.js'
import { probability, testText } from './statisticText.js'
import { survivalFacts } from './survivalFacts.js'

/** The document of `estimate --json`. */
export interface EstimateDocument {
  readonly model: string
  readonly formula: string
  readonly observations: number
  readonly groups: number | null
  readonly terms: readonly TidyRow[]
  readonly vcov: readonly (readonly number[])[]
  readonly logLikelihood: number | null
  readonly aic: number | null
  readonly bic: number | null
  /** All coefficients but the intercept zero, under the covariance printed. */
  readonly wald: TestResult | null
  readonly sample: Pick<Fit['sample'], 'read' | 'used' | 'dropped'>
  readonly collinear: Fit['collinear']
  readonly convergence: Fit['convergence']
  readonly detail: Fit['detail']
  readonly notes: Fit['notes']
  readonly seconds: { readonly load: number; readonly design: number; readonly fit: number }
}

/** The document of a fit; `load` is what reading the file took, in seconds. */
export async function estimateDocument(fit: Fit, level: number, load: number): Promise<EstimateDocument> {
  const k = fit.terms.length
  const { observations, aic, bic } = glance(fit)
  const { read, used, dropped } = fit.sample
  return {
    model: fit.kind,
    formula: formatFormula(fit.spec),
    observations,
    groups: fit.sample.groups ?? null,
    terms: tidy(fit, { level }),
    vcov: Array.from({ length: k }, (_, i) => Array.from(fit.vcov.matrix.subarray(i * k, (i + 1) * k))),
    logLikelihood: fit.logLikelihood ?? null,
    aic: aic ?? null,
    bic: bic ?? null,
    wald: overallTest(fit) ?? null,
    sample: { read, used, dropped },
    collinear: fit.collinear,
    convergence: fit.convergence,
    detail: fit.detail,
    notes: fit.notes,
    seconds: { load, ...fit.seconds },
  }
}

/** The fit as a table with what it was estimated on and by which conventions. */
export function estimateText(fit: Fit, level: number, further: FurtherResults = {}): string {
  const { lincom, margins } = further
  return [
    `${fit.kind}: ${formatFormula(fit.spec)}`, '', ...coefficientTable(fit, '', tidy(fit, { level }), level), '', ...facts(fit, glance(fit), further),
    ...(lincom ? ['', ...coefficientTable(fit, 'combinations', lincom.rows, level)] : []),
    ...(margins ? ['', ...marginsTable(margins)] : []),
  ].join('\n')
}

function coefficientTable(fit: Fit, title: string, rows: readonly TidyRow[], level: number): string[] {
  const hazards = fit.kind === 'cox' || fit.kind === 'cox-frailty'
  const head = [title, 'estimate', ...(hazards ? ['hazard ratio'] : []), 'std. error', statisticName(fit), 'p value', `${percent(level)} interval`]
  return alignColumns([head, ...rows.map(({ term, estimate, stdError, statistic, pValue, conf: [low, high] }) =>
    [term, number(estimate), ...(hazards ? [number(Math.exp(estimate))] : []), number(stdError), statistic.toFixed(2), probability(pValue), `[${number(low)}, ${number(high)}]`])])
}

function marginsTable(margins: NonNullable<FurtherResults['margins']>): string[] {
  const rows = margins.map(({ variable, contrast, estimate, stdError }) => [variable, contrast, number(estimate), number(stdError), (estimate / stdError).toFixed(2)])
  return alignColumns([['average effects', 'contrast', 'estimate', 'std. error', 'z'], ...rows])
}

const statisticName = (fit: Fit): string => (Number.isFinite(fit.vcov.degreesOfFreedom) ? 't' : 'z')
const percent = (level: number): string => `${Number((100 * level).toPrecision(6))}%`
const number = (value: number): string => (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e6) ? String(Number(value.toPrecision(6))) : value.toExponential(4))

function facts(fit: Fit, { observations, groups, aic, bic }: Glance, { lincom, reset }: FurtherResults): string[] {
  const { sample, vcov, detail } = fit
  const df = vcov.degreesOfFreedom
  const overall = overallTest(fit)
  const clusters = vcov.clusters?.map(({ name, count }) => `${count} clusters of ${name}`).join(', ')
  const facts: [string, string | undefined][] = [
    ['observations', `${observations}${sample.read > sample.used ? ` (${sample.read} rows read, ${sample.read - sample.used} left out)` : ''}`],
    ['groups', groups === undefined ? undefined : String(groups)],
    ['log-likelihood', fit.logLikelihood === undefined ? undefined : `${fit.logLikelihood.toFixed(4)}   AIC ${aic!.toFixed(2)}   BIC ${bic!.toFixed(2)}`],
    ['R²', 'rSquared' in detail ? `${detail.rSquared.toFixed(5)}   adjusted ${detail.adjustedRSquared.toFixed(5)}${within(detail)}   sigma ${number(detail.sigma)}` : undefined],
    ['absorbed', absorbedLevels(fit)],
    ['all zero', 'events' in detail || !overall ? undefined : testText(overall)],
    ['combinations', lincom?.joint && `together ${testText(lincom.joint)}`],
    ['RESET', reset && testText(reset)],
    ['sigma_u', 'sigma_u' in detail ? `${number(detail.sigma_u)} (${number(detail.sigma_u_stdError)})   rho ${detail.rho.toFixed(4)}   against 0: p ${probability(detail.boundaryTest.pValue)}` : undefined],
    ['deviance', 'deviance' in detail ? `${number(detail.deviance)}   squared correlation ${detail.squaredCorrelation.toFixed(5)}` : undefined],
    ['pseudo R²', 'pseudoRSquared' in detail ? detail.pseudoRSquared.toFixed(5) : undefined],
    ...instrumentFacts(fit),
    ...survivalFacts(fit),
    ['covariance', `${vcov.label}${clusters === undefined ? '' : `: ${clusters}`}; ${Number.isFinite(df) ? `t with ${df} degrees of freedom` : 'normal'}`],
    ['convergence', fit.convergence.reason === 'closed form' ? 'closed form' : `${fit.convergence.reason} after ${fit.convergence.iterations} iterations`],
  ]
  return alignColumns(facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])), false)
}

const within = (detail: Fit['detail']): string => ('withinRSquared' in detail ? `   within ${detail.withinRSquared!.toFixed(5)}` : '')

/** Levels of each absorbed effect, as far as the fit carries them; a conditional logit conditions them out. */
function absorbedLevels({ scores }: Fit): string | undefined {
  if (!scores || scores.absorbed.length === 0) return undefined
  return scores.absorbed.map(({ name, levels, slopes, slopesOnly }) => `${name} ${levels}${slopes ? ` (${slopesOnly ? '' : 'levels and '}slopes of ${slopes.map((slope) => slope.name).join(', ')})` : ''}`).join('   ')
}

/** First column to the left; the others to the right, or all to the left. */
function alignColumns(rows: readonly (readonly string[])[], right = true): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => row.map((cell, column) => (right && column > 0 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ').trimEnd())
}
