/**
 * The paper's statements about firms and varieties next to what follows from its model, with the numbers of one industry. Corrections
 * hold for every distribution unless they say Pareto. Statements about selection suppose that some entrants fail.
 */
import type { SelectionPlan, SelectionProblem } from '../records.js'
import { productivityDistribution } from './distributions.js'
import { parametersOf, solveSelection } from './solve.js'

export interface SelectionClaim {
  readonly about: string
  readonly paper: string
  readonly corrected: string
  /** What is compared: a change relative to autarky, as a ratio; null where there are no such firms. */
  readonly ratio: number | null
  /** Whether what the corrected statement says of this industry is so. */
  readonly holds: boolean
}

/** Share of entrants below which an average over them is rounding. */
const FEWEST = 1e-9

/** The claims for one industry. */
export function selectionClaims(problem: SelectionProblem): SelectionClaim[] {
  const plan = solveSelection(problem)
  return [varietyClaim, revenueClaim, shareClaim, domesticClaim, productivityClaim].map((claim) => claim(problem, plan))
}

function varietyClaim(problem: SelectionProblem, { regime, ratios, cutoffs }: SelectionPlan): SelectionClaim {
  const { alpha, mu } = parametersOf(problem)
  const exponent = (alpha * mu) / (alpha - mu)
  const pareto = 'pareto' in problem.distribution ? problem.distribution.pareto : undefined
  return {
    about: 'number of varieties',
    paper: 'rises if and only if the industry is offshore-intensive, while only some firms offshore',
    corrected: 'Pareto, only some offshore: the sign is that of αμ/(α−μ) − k, whatever z and ω; a gain at high z comes where all ' +
      'active firms offshore',
    ratio: ratios.variety,
    holds: regime !== 'mixed' || !pareto || cutoffs.autarky <= pareto.minimum ||
      Math.sign(ratios.variety - 1) === Math.sign(exponent - pareto.shape),
  }
}

function revenueClaim(problem: SelectionProblem, { regime, ratios }: SelectionPlan): SelectionClaim {
  const ratio = regime === 'none' ? null : offshorerRevenue(problem, regime, ratios.cutoff)
  return {
    about: 'revenue of a firm that offshores', paper: 'rises if ω is sufficiently large',
    corrected: 'rises for every distribution, z and ω', ratio, holds: ratio === null || ratio > 1,
  }
}

function shareClaim(problem: SelectionProblem, { regime, ratios }: SelectionPlan): SelectionClaim {
  const share = regime === 'none' ? null : offshorerRevenue(problem, regime, ratios.cutoff) / ratios.revenue
  const savesMore = problem.wageGap ** problem.intensity > 1 / ratios.price
  return {
    about: 'market share of a firm that offshores', paper: 'rises if ω is sufficiently large',
    corrected: 'rises if and only if ω^z > P/P_o, which fails for large ω or z and for μ near α',
    ratio: share, holds: share === null || share > 1 === savesMore,
  }
}

function domesticClaim(problem: SelectionProblem, { regime, ratios }: SelectionPlan): SelectionClaim {
  const ratio = regime === 'mixed' ? ratios.cutoff ** -parametersOf(problem).a : null
  return {
    about: 'revenue of a firm that stays at home', paper: 'falls', corrected: 'falls by Δ^(1−σ), its share by (P_o/P)^(σ−1)', ratio,
    holds: ratio === null || (ratio < 1 && Math.abs(ratio / ratios.revenue / ratios.price ** parametersOf(problem).a - 1) < 1e-9),
  }
}

/** Domestic firms against all firms of autarky, and against those of autarky that would not have offshored. */
function productivityClaim(problem: SelectionProblem, { regime, cutoffs, productivities }: SelectionPlan): SelectionClaim {
  const { a } = parametersOf(problem)
  const { survival, upperMoment, minimum } = productivityDistribution(problem.distribution, a)
  const truncated = (low: number, high: number): number =>
    ((upperMoment(low) - upperMoment(high)) / (survival(low) - survival(high))) ** (1 / a)
  const ratio = regime === 'mixed' ? productivities.domestic! / productivities.autarky : null
  // Too few stay at home, or none below θ* failed: nothing to compare.
  const comparable = regime === 'mixed' && cutoffs.active > minimum && survival(cutoffs.active) - survival(cutoffs.offshoring!) > FEWEST
  return {
    about: 'average productivity of firms that stay at home', paper: 'improves',
    corrected: 'improves against the firms of autarky below θ_o; against the autarky average it is usually lower', ratio,
    holds: !comparable || truncated(cutoffs.active, cutoffs.offshoring!) > truncated(cutoffs.autarky, cutoffs.offshoring!),
  }
}

/** r_o(θ)/r(θ) of a firm that offshores. */
function offshorerRevenue(problem: SelectionProblem, regime: SelectionPlan['regime'], cutoff: number): number {
  const { a, omega, phi } = parametersOf(problem)
  return (regime === 'all' ? 1 + phi : 1 + omega) * cutoff ** -a
}
