/**
 * What `simulateItaly` plants: the published coefficients and hazard ratios of Canello and Pavone, and the numbers of ours
 * that fill what they leave out.
 *
 * Published (Table 2): everything in `publishedEffects`. Published (Table 3): the hazard ratios in `exitHazard`.
 * Ours: `employees`, `footwear`, the effects of means and regions, and σ, which the tables announce but do not show. σ is the
 * value under which Table 2's lag effect, 4.3 % prevalence and about three active years go together for each link.
 */
import type { ExitHazard, OutcomeEquation } from '../records.js'
import { regionNames } from './territory.js'

export const firstYear = 2005
export const lastYear = 2012
export const yearCount = lastYear - firstYear + 1
/** Firms and firm-years of the published sample, with the waves 2006-2012 it must have for its 6.78 rows a firm. */
export const publishedFirms = 17338
export const publishedRows = 117505
export const publishedPrevalence = 741 / 17338

export type Link = 'probit' | 'logit'
export type Exits = 'dynamic' | 'hazard'

export const sectors = ['clothing', 'footwear'] as const
/** ATECO divisions 14 and 15 of the two sectors. */
export const sectorCodes = ['14', '15'] as const
export const destinations = ['europe', 'north_africa', 'east_asia', 'other'] as const

const publishedEffects = {
  initial: 0.527,
  lag: 2.531,
  exportShare: -0.019,
  marketExtension: 0.132,
  credit: 0.095,
  valueAddedPerEmployee: 0.001,
  supplier: 0.094,
  district: -0.055,
  fdiNeighbours: -0.011,
  offshoringNeighbours: 0.018,
}

/**
 * The employees effect makes the outcome equation imply the published hazard ratio of employees, 0.984, at a stay
 * probability of .78: d ln h / dη is −1.35 there under the probit and −.78 under the logit.
 */
const unpublished = {
  probit: {
    sigma: 0.5, employees: 0.012, footwear: -0.4, scale: 1,
    means: { exportShare: 0.3, marketExtension: 0.06, credit: 0.05, valueAddedPerEmployee: 0.002, employees: 0.004 },
  },
  logit: {
    sigma: 3, employees: 0.0205, footwear: -1.2, scale: 1.7,
    means: { exportShare: 1.8, marketExtension: 0.4, credit: 0.1, valueAddedPerEmployee: 0.004, employees: 0.035 },
  },
} as const

/** Region effects on the probit scale: mild, and lower where firms crowd, so that the spillover does not tip a province over. */
const regionEffects: Readonly<Record<string, number>> = {
  Veneto: -0.1, Marche: -0.15, Toscana: -0.12, Puglia: -0.05, Lombardia: -0.05, Campania: -0.15, 'Friuli-Venezia Giulia': 0.2,
  Piemonte: 0.1, Umbria: 0.1, Abruzzo: 0.1, Lazio: 0.05, Liguria: 0.05, Sardegna: -0.1, Sicilia: -0.1, Calabria: -0.1,
}

export interface EffectOptions {
  readonly link: Link
  readonly intercept: number
  readonly spillover: number
}

/** The planted outcome equation for a link, intercept and neighbour effect. */
export function outcomeEquation({ link, intercept, spillover }: EffectOptions): OutcomeEquation {
  const { sigma, employees, footwear, scale, means } = unpublished[link]
  return {
    intercept,
    ...publishedEffects,
    offshoringNeighbours: spillover,
    employees,
    footwear,
    region: Object.fromEntries(regionNames.map((name) => [name, scale * (regionEffects[name] ?? 0)])),
    means,
    sigma,
  }
}

export const publishedSpillover = publishedEffects.offshoringNeighbours

/** ln of the hazard ratios of Table 3. ROI shows 1.000 with stars: any ratio that rounds to it will do. */
export const exitHazard: ExitHazard = {
  foreignShare: Math.log(0.981),
  supplier: Math.log(1.199),
  profits: Math.log(0.643),
  exportShare: 0,
  wagePerEmployee: Math.log(0.99),
  roi: Math.log(0.9996),
  employees: Math.log(0.984),
  offshoringNeighbours: Math.log(0.994),
  migrantFirms: 0,
}

/** Those of covariates that Table 2 does not have. */
export const exitOnlyHazard: ExitHazard = Object.fromEntries(
  ['foreignShare', 'profits', 'wagePerEmployee', 'roi'].map((name) => [name, exitHazard[name]!]),
)
