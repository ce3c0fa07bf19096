/**
 * What the model says must be seen (H1 to H9 of the sourcing model, and the signs of the paper's two-stage least squares), beside what is:
 * the sign that is claimed, the estimate, and the verdict. Magnitudes of the paper are not public; signs are all that can be compared.
 */
import { tidy, type Fit, type JapanTruth } from 'reshore'
import type { FourWays } from './equations.js'
import type { GravityFits } from './gravity.js'
import type { OffshoringFits } from './offshoring.js'

export type Verdict = 'holds' | 'right sign' | 'wrong sign' | 'contradicted'

export interface Claim {
  readonly name: string
  readonly claim: string
  readonly sign: 1 | -1
  /** Where the estimate stands. */
  readonly equation: string
  readonly estimate: number
  readonly stdError: number
  readonly low: number
  readonly high: number
  readonly verdict: Verdict
  readonly rows: number
  /** The planted value where it is one number on the scale of the estimate. */
  readonly planted: number | null
}

type Statement = readonly [name: string, claim: string, sign: 1 | -1]

/** The claims with their verdicts. `truth` adds planted values. */
export function claimsOf(gravity: GravityFits, offshoring: OffshoringFits, truth?: JapanTruth): readonly Claim[] {
  const cross = crossSection(gravity, truth)
  return [...cross, ...withinFirm(offshoring), ...published(offshoring)]
}

function crossSection(fits: GravityFits, truth: JapanTruth | undefined): Claim[] {
  const { plain, logit, twoSided, triple, abroad, foreign, productivity } = fits
  const kappa = truth?.parameters.kappa
  const distance = truth && kappa !== undefined ? -mean(truth.industries.map((one) => one.potentialElasticity + one.fixedElasticity)) / kappa : null
  return [
    claim(['H1', 'Links are rarer at distance', -1], 'E1a, logit', plain, 'log_km', distance),
    claim(['H2', 'Links are rarer at distance, more so of differentiated inputs', -1], 'E1a, logit', logit, 'log_km:beta'),
    claim(['H2', 'Links are rarer at distance, more so of differentiated inputs', -1], 'E1b, Poisson', twoSided, 'log_km:beta'),
    claim(['H2', 'Links are rarer at distance, more so of differentiated inputs', -1], 'E1c, quads', fits.quads, 'log_km_beta'),
    claim(['H3', 'Differentiated inputs are imported less', -1], 'E1a, abroad', abroad, 'foreign_option:beta'),
    claim(['H3', 'Differentiated inputs are imported less', -1], 'imports of an input, within the buyer', foreign, 'beta'),
    claim(['H4', 'Large buyers have more links', 1], 'E1a, logit', plain, 'log_size', kappa === undefined ? null : 1 / kappa),
    claim(['H5', 'Suppliers farther away are more productive', 1], 'ln productivity, within buyer and input', productivity, 'log_km', truth ? 0 : null),
    claim(['H6', 'Size relaxes distance', 1], 'E1b, Poisson', twoSided, 'log_km:log_size'),
    claim(['H6', 'Size relaxes distance', 1], 'E1c, quads', fits.quads, 'log_km_size'),
    claim(['H6', 'Size relaxes distance less for differentiated inputs', -1], 'E1b, Poisson', triple, 'log_km:log_size:beta'),
  ].flat()
}

function withinFirm({ inputs, dropSides, starts }: OffshoringFits): Claim[] {
  const net = (fits: readonly FourWays[]): FourWays => outcomeOf(fits, 'link_growth')
  const contrast = (beginning: string): FourWays => starts.find(({ equation }) => equation.outcome.startsWith(beginning) && equation.outcome.endsWith('_contrast'))!
  return [
    both(['H7', 'Buying one input abroad adds links in the others', 1], 'net growth by input', net(inputs.all), 'others_scale'),
    both(['H8', 'Buying an input abroad takes its links where e < 1', -1], 'net growth by input, substitutes', net(inputs.substitutes), 'foreign_growth'),
    both(['H8', 'Buying an input abroad adds to its links where e > 1', 1], 'net growth by input, complements', net(inputs.complements), 'foreign_growth'),
    both(['H8', 'Small suppliers are dropped first where e < 1', -1], 'E3, substitutes', dropSides.substitutes, 'foreign_growth:log_supplier'),
    both(['H9', 'Added suppliers of starters are nearer than incumbents', -1], 'E4, contrast', contrast('log_km'), 'starts'),
    both(['H9', 'Added suppliers of starters are more differentiated than incumbents', 1], 'E4, contrast', contrast('share'), 'starts'),
  ].flat()
}

/** The signs of the paper: for starters, and for growth of foreign sourcing, which more buyers and a stronger first stage speak to. */
function published({ starts, growth, drops, adds }: OffshoringFits): Claim[] {
  return [
    both(['Paper', 'Starters drop less', -1], 'E2, drop rate', outcomeOf(starts, 'drop_rate'), 'starts'),
    both(['Paper', 'Starters drop less', -1], 'E3, links', drops[0]!, 'starts'),
    both(['Paper', 'Starters add more', 1], 'E2, add rate', outcomeOf(starts, 'add_rate'), 'starts'),
    both(['Paper', 'Starters add more', 1], 'E4, cells', adds[0]!, 'starts'),
    both(['Paper', 'Starters gain links', 1], 'E2, net growth', outcomeOf(starts, 'link_growth'), 'starts'),
    both(['Paper', 'Buyers that buy more abroad drop less', -1], 'E2, drop rate', outcomeOf(growth, 'drop_rate'), 'foreign_growth'),
    both(['Paper', 'Buyers that buy more abroad add more', 1], 'E2, add rate', outcomeOf(growth, 'add_rate'), 'foreign_growth'),
    both(['Paper', 'Buyers that buy more abroad gain links', 1], 'E2, net growth', outcomeOf(growth, 'link_growth'), 'foreign_growth'),
  ].flat()
}

const outcomeOf = (fits: readonly FourWays[], outcome: string): FourWays => fits.find(({ equation }) => equation.outcome === outcome)!

/** A claim by two-stage least squares and by least squares. */
function both(statement: Statement, where: string, { iv, ols }: FourWays, term: string): Claim[] {
  return [...claim(statement, `${where}, 2SLS`, iv, term), ...claim(statement, `${where}, OLS`, ols, term)]
}

/** Nothing where there is no fit, or it has no such term. */
function claim([name, text, sign]: Statement, equation: string, fit: Fit | undefined, term: string, planted: number | null = null): Claim[] {
  if (fit === undefined) return []
  const row = tidy(fit).find((one) => one.term === term)
  if (row === undefined) return []
  const { estimate, stdError, conf: [low, high] } = row
  return [{ name, claim: text, sign, equation, estimate, stdError, low, high, verdict: verdictOn(estimate, low, high, sign), rows: fit.sample.used, planted }]
}

/** By the sign of the estimate, and whether its 95 % interval leaves out zero. */
function verdictOn(estimate: number, low: number, high: number, sign: 1 | -1): Verdict {
  const sure = low > 0 || high < 0
  if (Math.sign(estimate) === sign) return sure ? 'holds' : 'right sign'
  return sure ? 'contradicted' : 'wrong sign'
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
