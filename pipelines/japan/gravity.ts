/**
 * E1: who buys from whom. Three nested sets of effects, because each coefficient survives only some of them (methods 1.9):
 *
 * - E1a, industry and region effects: logit of pairs, where sampling moves the intercept only, and the same weighted; Poisson
 *   counts of cells; and one logit an input industry, from which κ_ε and η + ψ come (methods 6.2).
 * - E1b, effects of the buyer and of the cell it may buy from; E1c, of buyer × input industry and cell: Poisson.
 * - E1c once more by conditional logit within buyer × input industry, which sampling of the others leaves alone.
 *
 * Size is lagged: log sales of the first year for links of the second.
 */
import { cluster, dyadic, feLogit, influenceBlock, logit, ols, ppml, relation, sql, unitInfluence, type ArrowTable, type Engine, type Fit, type Relation, type UnitInfluence } from 'reshore'
import { light } from './equations.js'

export interface GravityFits {
  /** E1a without and with interactions. */
  readonly plain: Fit<'logit'>
  readonly logit: Fit<'logit'>
  readonly weighted: Fit<'logit'>
  readonly counts: Fit<'ppml'>
  readonly twoSided: Fit<'ppml'>
  /** E1b with ln d × size × β. */
  readonly triple: Fit<'ppml'>
  readonly within: Fit<'ppml'>
  readonly conditional: Fit<'fe-logit'>
  /** H3: whether a buyer imports an input, on its differentiation, within the buyer. */
  readonly foreign: Fit<'ols'>
  /** H5: log productivity of suppliers on log distance, within buyer × input industry. */
  readonly productivity: Fit<'ols'>
}

const interactions = 'log_km:beta + log_km:log_size'
const pairTerms = `log_km + ${interactions} + beta:log_size + log_size + supplier_log_size`

export interface GravityTables {
  readonly pairs: ArrowTable
  readonly cells: ArrowTable
  /** Links of the second year. */
  readonly links: ArrowTable
  /** Buyers by input industry. */
  readonly inputs: ArrowTable
}

/** The fits of E1, H3 and H5. */
export function gravityFits({ pairs, cells, links, inputs }: GravityTables): GravityFits {
  const byDyad = { vcov: dyadic('buyer', 'supplier') }
  const byBuyer = { vcov: cluster('buyer'), weights: 'weight' }
  const places = 'input_industry + region + supplier_region'
  const cell = 'input_industry^municipality'
  return {
    plain: light(logit(`linked ~ log_km + log_size + supplier_log_size + ${places}`, pairs, byDyad)),
    logit: light(logit(`linked ~ ${pairTerms} + ${places}`, pairs, byDyad)),
    weighted: light(logit(`linked ~ ${pairTerms} + ${places}`, pairs, { ...byDyad, weights: 'weight' })),
    counts: light(ppml(`links ~ log_km + ${interactions} + beta:log_size + log_size + log_suppliers | ${places}`, cells, byBuyer)),
    twoSided: light(ppml(`links ~ log_km + ${interactions} + beta:log_size | buyer + ${cell}`, cells, byBuyer)),
    triple: light(ppml(`links ~ log_km + ${interactions} + beta:log_size + log_km:log_size:beta | buyer + ${cell}`, cells, byBuyer)),
    within: light(ppml(`links ~ log_km + ${interactions} | buyer^input_industry + ${cell}`, cells, byBuyer)),
    conditional: light(feLogit(`linked ~ log_km + ${interactions} + supplier_log_size | buyer^input_industry`, pairs, { vcov: cluster('buyer') })),
    foreign: light(ols('offshores_from ~ beta | firm', inputs, { vcov: cluster('firm') })),
    productivity: light(ols('supplier_log_productivity ~ log_km | buyer^input_industry', links, byDyad)),
  }
}

export interface IndustryLogit {
  readonly industry: string
  /** On `log_scale`, what the link is worth to the buyer in the same year. */
  readonly fit: Fit<'logit'>
  /** On `log_size`, five years before. */
  readonly lagged: Fit<'logit'>
}

/** A fit with the influence of links on what scenarios use of it. */
type Joined<T> = T & { readonly influence: UnitInfluence }

/** One logit an input industry and measure of size. */
export async function industryLogits(engine: Engine, pairs: Relation, industries: readonly string[]): Promise<readonly Joined<IndustryLogit>[]> {
  const fits: Joined<IndustryLogit>[] = []
  for (const industry of industries) {
    const own = await ofIndustry(engine, pairs, industry)
    const on = (size: string) => logit(`linked ~ log_km + ${size} + supplier_log_size`, own, { vcov: dyadic('buyer', 'supplier') })
    const fit = on('log_scale')
    fits.push({ industry, fit: light(fit), lagged: light(on('log_size')), influence: ofLinks(`link ${industry}`, fit, own, ['log_scale', 'log_km']) })
  }
  return fits
}

export interface IndustryValue {
  readonly industry: string
  readonly fit: Fit<'ppml'>
}

/**
 * What links of the second year are worth, on ln distance and the supplier's ln sales within the buyer: minus the coefficient of ln
 * distance is η_k (methods 6.2a). One fit an input industry.
 */
export async function industryValues(engine: Engine, values: Relation, industries: readonly string[]): Promise<readonly Joined<IndustryValue>[]> {
  const fits: Joined<IndustryValue>[] = []
  for (const industry of industries) {
    const own = await ofIndustry(engine, values, industry)
    const fit = ppml('value ~ log_km + supplier_log_sales | buyer', own, { vcov: dyadic('buyer', 'supplier') })
    fits.push({ industry, fit: light(fit), influence: ofLinks(`value ${industry}`, fit, own, ['log_km']) })
  }
  return fits
}

const ofLinks = (name: string, fit: Fit, links: ArrowTable, terms: readonly string[]): UnitInfluence =>
  unitInfluence(influenceBlock(name, fit, links), ['buyer', 'supplier'], terms)

const ofIndustry = (engine: Engine, rows: Relation, industry: string): Promise<ArrowTable> =>
  engine.query(relation('of_industry', { key: rows.key }, sql`SELECT * FROM ${rows} WHERE input_industry = ${industry}`))
