/**
 * Industry equilibrium when offshoring drives selection: Melitz (2003) with the sourcing structure of Antràs and Helpman (2004). Entrants
 * draw θ; producing at home costs w/θ a unit and f_d a period, offshoring a share z of the tasks wω^(−z)/θ and f_o.
 *
 * With F = f_o/f_d, φ = F − 1, Ω = ω^(z(σ−1)) − 1 and J as in `distributions.ts`:
 *
 * - autarky: f_d J(θ*) = δf;
 * - none offshores: Ω = 0, or ρθ_d at or above the support, where ρ = (φ/Ω)^(1/(σ−1)) = θ_o/θ_d;
 * - mixed (ρ > 1): f_d J(θ_d) + (f_o − f_d) J(ρθ_d) = δf;
 * - all offshore (ρ ≤ 1, or no active firm below ρθ_d): f_o J(θ_d) = δf.
 *
 * Prices, masses and averages follow in closed form. Each free-entry condition falls strictly in its cutoff and is bracketed in
 * closed form, so the root is found to rounding. Checked against the Pareto closed forms and the identities of the model.
 */
import { ReshoreError } from '../../errors.js'
import { findRoot } from '../../numerics/root.js'
import type { SelectionPlan, SelectionProblem, SelectionRegime } from '../records.js'
import { productivityDistribution, type ProductivityDistribution } from './distributions.js'

/** Parameters in the symbols of the model. */
export interface Parameters {
  readonly alpha: number
  readonly mu: number
  /** σ and a = σ − 1. */
  readonly sigma: number
  readonly a: number
  readonly phi: number
  readonly omega: number
  readonly rho: number
  /** f_d, f_o, δf in labour. */
  readonly domestic: number
  readonly offshore: number
  readonly entry: number
  readonly deathRate: number
  readonly wage: number
  readonly population: number
}

const everyEntrant = 'every entrant produces: the cutoff lies below the least productive firm.'
/** The bracket is moved out by rounding. */
const MARGIN = 1e-12

interface Cutoffs {
  readonly regime: SelectionRegime
  /** θ_d */
  readonly active: number
  /** θ_o; ∞ when none offshores. */
  readonly offshoring: number
}

/** One equilibrium; the autarky one is that of regime 'none'. */
interface State extends Cutoffs {
  /** Shares of entrants that are active and that offshore. */
  readonly firms: number
  readonly offshorers: number
  /** V(θ_d) and V(θ_o). */
  readonly moment: number
  readonly momentOffshore: number
  readonly price: number
  readonly revenue: number
  readonly mass: number
  readonly productivity: number
}

/**
 * Autarky and offshoring equilibrium of an industry, and the ratios between them.
 *
 * @param problem as `readSelectionProblem` returns it
 * @throws ProblemError when a moment of the distribution is beyond the range of numbers
 * @example
 * const { regime, ratios } = solveSelection({ alpha: 0.7, mu: 0.4, deathRate: 0.1, entryCost: 1, domesticCost: 0.1, offshoringCost: 0.12,
 *   intensity: 0.51, wageGap: 2, distribution: { pareto: { shape: 4, minimum: 1 } } })
 * ratios.variety - 1 // 0.124
 */
export function solveSelection(problem: SelectionProblem): SelectionPlan {
  const parameters = parametersOf(problem)
  const distribution = productivityDistribution(problem.distribution, parameters.a)
  const active = autarkyCutoff(parameters, distribution)
  const autarky = stateOf(parameters, distribution, { regime: 'none', active, offshoring: Infinity })
  const offshoring = stateOf(parameters, distribution, offshoringCutoffs(parameters, distribution, autarky.active))
  return {
    regime: offshoring.regime,
    cutoffs: { autarky: active, active: offshoring.active, offshoring: offshoring.regime === 'none' ? null : offshoring.offshoring },
    ...firmsOf(parameters, autarky, offshoring),
    prices: { autarky: autarky.price, offshoring: offshoring.price },
    revenues: { autarky: autarky.revenue, offshoring: offshoring.revenue },
    ratios: ratiosOf(parameters, autarky, offshoring),
    residuals: residualsOf(parameters, distribution, offshoring),
    notes: [
      ...(active < distribution.minimum ? [`In autarky ${everyEntrant}`] : []),
      ...(offshoring.active < distribution.minimum ? [`With offshoring ${everyEntrant}`] : []),
    ],
  }
}

/** The parameters of a problem. */
export function parametersOf(problem: SelectionProblem): Parameters {
  const alpha = problem.alpha ?? 1 - 1 / problem.sigma!
  const a = alpha / (1 - alpha)
  const omega = Math.expm1(problem.intensity * a * Math.log(problem.wageGap))
  const phi = problem.offshoringCost / problem.domesticCost - 1
  return {
    alpha, mu: problem.mu, sigma: a + 1, a, omega, phi, rho: (phi / omega) ** (1 / a),
    domestic: problem.domesticCost, offshore: problem.offshoringCost,
    entry: problem.deathRate * problem.entryCost, deathRate: problem.deathRate,
    wage: problem.wage ?? 1, population: problem.population ?? 1,
  }
}

function autarkyCutoff({ domestic, entry, a }: Parameters, distribution: ProductivityDistribution): number {
  return freeEntryCutoff((x) => domestic * distribution.excess(x), domestic, domestic, entry, distribution.upperMoment(0), a)
}

function offshoringCutoffs(parameters: Parameters, distribution: ProductivityDistribution, autarky: number): Cutoffs {
  const { a, rho, omega, domestic, offshore, entry } = parameters
  const { excess, minimum, maximum } = distribution
  const none = { regime: 'none', active: autarky, offshoring: Infinity } as const
  if (omega === 0) return none
  const moment = distribution.upperMoment(0)
  if (rho > 1) {
    const profit = (x: number): number => domestic * excess(x) + (offshore - domestic) * excess(rho * x)
    const active = freeEntryCutoff(profit, domestic, offshore, entry, moment, a)
    if (rho * active >= maximum) return none
    if (rho * active > minimum) return { regime: 'mixed', active, offshoring: rho * active }
  }
  const active = freeEntryCutoff((x) => offshore * excess(x), offshore, offshore, entry, moment, a)
  return { regime: 'all', active, offshoring: active }
}

/**
 * The x where expected profit `value(x)`, between `least`·J(x) and `most`·J(x), equals entry costs. The bracket comes from
 * x^(−a) V(0) − 1 ≤ J(x) ≤ x^(−a) V(0).
 */
function freeEntryCutoff(value: (x: number) => number, least: number, most: number, entry: number, moment: number, a: number): number {
  const [low, high] = [(moment / (1 + entry / least)) ** (1 / a), ((moment * most) / entry) ** (1 / a)]
  if (!(low > 0 && Number.isFinite(high))) {
    throw new ReshoreError('ProblemError', `selection problem, distribution: the moment of order σ − 1 = ${a} is beyond the range of numbers.`,
      'Measure productivity in units near 1.', 2)
  }
  return findRoot((x) => value(x) - entry, low * (1 - MARGIN), high * (1 + MARGIN))
}

/** Price, mass and averages of an equilibrium from its cutoffs. */
function stateOf(parameters: Parameters, { survival, upperMoment }: ProductivityDistribution, cutoffs: Cutoffs): State {
  const { alpha, mu, a, sigma, omega, domestic, offshore, entry, wage, population } = parameters
  const { regime, active, offshoring } = cutoffs
  const firms = survival(active)
  const offshorers = regime === 'none' ? 0 : survival(offshoring)
  const moment = upperMoment(active)
  const momentOffshore = regime === 'none' ? 0 : upperMoment(offshoring)
  // Zero profit of a firm at θ_d, which offshores when all do: r(θ_d) = σ w f and p(θ_d) = w·(cost factor)/(αθ_d).
  const [fixed, costFactor] = regime === 'all' ? [offshore, (1 + omega) ** (-1 / a)] : [domestic, 1]
  const price = (((sigma * wage * fixed) / population) * ((wage * costFactor) / (alpha * active)) ** a) ** (1 / (a - mu / (1 - mu)))
  const revenue = population * price ** (-mu / (1 - mu))
  const mass = (firms * revenue) / (sigma * wage * (domestic * (firms - offshorers) + offshore * offshorers + entry))
  const productivity = ((moment + omega * momentOffshore) / firms) ** (1 / a)
  return { ...cutoffs, firms, offshorers, moment, momentOffshore, price, revenue, mass, productivity }
}

function firmsOf({ a, deathRate }: Parameters, autarky: State, after: State): Pick<SelectionPlan, 'masses' | 'productivities'> {
  const { firms, offshorers, moment, momentOffshore, mass, productivity } = after
  const mean = (sum: number, share: number): number | null => (share > 0 ? (sum / share) ** (1 / a) : null)
  return {
    masses: {
      autarky: autarky.mass, total: mass, domestic: mass * ((firms - offshorers) / firms), offshoring: mass * (offshorers / firms),
      entrantsAutarky: (deathRate * autarky.mass) / autarky.firms, entrants: (deathRate * mass) / firms,
    },
    productivities: {
      autarky: autarky.productivity, total: productivity,
      domestic: mean(moment - momentOffshore, firms - offshorers), offshoring: mean(momentOffshore, offshorers),
    },
  }
}

function ratiosOf({ omega }: Parameters, before: State, after: State): SelectionPlan['ratios'] {
  return {
    cutoff: after.active / before.active,
    price: after.price / before.price,
    revenue: after.revenue / before.revenue,
    variety: after.mass / before.mass,
    productivity: after.productivity / before.productivity,
    entrants: (after.mass / after.firms) / (before.mass / before.firms),
    offshoringFirms: after.offshorers / after.firms,
    offshoringRevenue: ((1 + omega) * after.momentOffshore) / (after.moment + omega * after.momentOffshore),
  }
}

/** Free entry; P = M^(−1/a) w/(αθ̃); sales of all firms against R. */
function residualsOf(parameters: Parameters, { excess }: ProductivityDistribution, state: State): SelectionPlan['residuals'] {
  const { alpha, a, sigma, omega, domestic, offshore, entry, wage } = parameters
  const { regime, active, offshoring, firms, moment, momentOffshore, price, revenue, mass, productivity } = state
  const expectedProfit = {
    none: () => domestic * excess(active),
    mixed: () => domestic * excess(active) + (offshore - domestic) * excess(offshoring),
    all: () => offshore * excess(active),
  }[regime]()
  const salesAtCutoff = sigma * wage * (regime === 'all' ? offshore : domestic)
  const sales = salesAtCutoff * active ** -a * (regime === 'all' ? moment : moment + omega * momentOffshore)
  return {
    freeEntry: expectedProfit / entry - 1,
    price: (price * mass ** (1 / a) * productivity * alpha) / wage - 1,
    revenue: ((mass / firms) * sales) / revenue - 1,
  }
}
