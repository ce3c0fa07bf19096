/**
 * E1: who buys from whom. Three nested sets of effects, because each coefficient survives only some of them:
 *
 * - E1a, industry and region effects: logit of pairs, where sampling moves the intercept only, and the same weighted; Poisson
 *   counts of cells; and one logit an input industry, from which κ_ε and η + ψ come.
 * - E1b, effects of the buyer and of the cell it may buy from; E1c, of buyer × input industry and cell: Poisson.
 * - E1c by quads (Jochmans 2018): two buyers, two suppliers of an input, conditional on two of the four pairs being linked crosswise or straight, so
 *   that the effects of all four leave; errors of quads that share a pair.
 * - E1a with the option abroad (H3): pairs of surveyed buyers beside one row an input, whether it is imported; differentiated inputs are
 *   penalised abroad beyond what distance does at home.
 * - E1c once more by conditional logit within buyer × input industry, which sampling of the others leaves alone.
 *
 * Size is lagged: log sales of the first year for links of the second.
 */
import { cluster, dyadic, feLogit, influenceBlock, logit, ols, ppml, quadDyads, relation, ReshoreError, sql, unitInfluence, type ArrowTable, type Engine, type Fit, type Relation, type UnitInfluence } from 'reshore'
import { attempt, light } from './equations.js'

/** What the pairs and cells at hand cannot identify is left out. */
export interface GravityFits {
  /** E1a without and with interactions. */
  readonly plain?: Fit<'logit'>
  readonly logit?: Fit<'logit'>
  readonly weighted?: Fit<'logit'>
  readonly counts?: Fit<'ppml'>
  readonly twoSided?: Fit<'ppml'>
  /** E1b with ln d × size × β. */
  readonly triple?: Fit<'ppml'>
  readonly within?: Fit<'ppml'>
  readonly conditional?: Fit<'fe-logit'>
  /** E1c once more by quads of two buyers and two suppliers. */
  readonly quads?: Fit<'fe-logit'>
  /** E1a of surveyed buyers with one option abroad for each input. */
  readonly abroad?: Fit<'logit'>
  /** H3: whether a buyer imports an input, on its differentiation, within the buyer. */
  readonly foreign?: Fit<'ols'>
  /** H5: log productivity of suppliers on log distance, within buyer × input industry. */
  readonly productivity?: Fit<'ols'>
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
  /** Two rows a quad. */
  readonly quads: ArrowTable
  /** Pairs of surveyed buyers and their options abroad (`optionsAbroad`). */
  readonly options: ArrowTable
}

/**
 * Pairs of surveyed buyers, and one row more for each of their inputs: whether it is imported in the second year (`foreign` 1). Supplier and
 * distance of that row are not known: what they add is in the level of being abroad, so that they stand as zero.
 */
export function optionsAbroad(pairs: Relation, inputs: Relation): Relation {
  return relation('options_abroad', { key: ['buyer', 'input_industry', 'supplier'] }, sql`
    SELECT p.buyer, p.input_industry, p.supplier, p.linked, 0 AS foreign_option, p.log_km, p.log_size, p.supplier_log_size, p.beta, p.region
    FROM ${pairs} AS p JOIN (SELECT DISTINCT firm FROM ${inputs}) AS b ON b.firm = p.buyer
    UNION ALL
    SELECT firm AS buyer, input_industry, '' AS supplier, offshores_to AS linked, 1 AS foreign_option, 0e0 AS log_km, log_sales AS log_size, 0e0 AS supplier_log_size, beta, region
    FROM ${inputs}`)
}

const quadFirms = quadDyads({ buyer: 'buyer', otherBuyer: 'other_buyer', supplier: 'supplier', otherSupplier: 'other_supplier' })

/** The fits of E1, H3 and H5, and why some have none. */
export function gravityFits({ pairs, cells, links, inputs, quads, options }: GravityTables): { readonly fits: GravityFits; readonly failed: readonly Failed[] } {
  const failed: Failed[] = []
  const byDyad = { vcov: dyadic('buyer', 'supplier') }
  const byBuyer = { vcov: cluster('buyer'), weights: 'weight' }
  const places = 'input_industry + region + supplier_region'
  const cell = 'input_industry^municipality'
  const equation = <F extends Fit>(name: string, fit: () => F): F | undefined => {
    const made = attempt(() => light(fit()))
    if ('failed' in made) failed.push({ what: name, why: made.failed })
    return 'failed' in made ? undefined : made.fit
  }
  const fits = {
    plain: equation('E1a, logit', () => logit(`linked ~ log_km + log_size + supplier_log_size + ${places}`, pairs, byDyad)),
    logit: equation('E1a, interacted', () => logit(`linked ~ ${pairTerms} + ${places}`, pairs, byDyad)),
    weighted: equation('E1a, weighted', () => logit(`linked ~ ${pairTerms} + ${places}`, pairs, { ...byDyad, weights: 'weight' })),
    counts: equation('E1a, cells', () => ppml(`links ~ log_km + ${interactions} + beta:log_size + log_size + log_suppliers | ${places}`, cells, byBuyer)),
    twoSided: equation('E1b', () => ppml(`links ~ log_km + ${interactions} + beta:log_size | buyer + ${cell}`, cells, byBuyer)),
    triple: equation('E1b, triple', () => ppml(`links ~ log_km + ${interactions} + beta:log_size + log_km:log_size:beta | buyer + ${cell}`, cells, byBuyer)),
    within: equation('E1c', () => ppml(`links ~ log_km + ${interactions} | buyer^input_industry + ${cell}`, cells, byBuyer)),
    conditional: equation('E1c, pairs', () => feLogit(`linked ~ log_km + ${interactions} + supplier_log_size | buyer^input_industry`, pairs, { vcov: cluster('buyer') })),
    quads: equation('E1c, quads', () => feLogit('chosen ~ log_km + log_km_beta + log_km_size | quad', quads, { vcov: quadFirms })),
    abroad: equation('E1a, abroad', () => logit('linked ~ foreign_option + foreign_option:beta + foreign_option:log_size + log_km + log_km:beta + log_size + supplier_log_size + input_industry + region', options, { vcov: cluster('buyer') })),
    foreign: equation('H3, imports of inputs', () => ols('offshores_from ~ beta | firm', inputs, { vcov: cluster('firm') })),
    productivity: equation('H5, productivity of suppliers', () => ols('supplier_log_productivity ~ log_km | buyer^input_industry', links, byDyad)),
  }
  return { fits, failed }
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

/** An equation or an input industry without an estimate. */
export interface Failed {
  readonly what: string
  readonly why: string
}

/** Fits by input industry, and why some industries have none. */
export interface ByIndustry<T> {
  readonly fits: readonly T[]
  readonly failed: readonly Failed[]
}

/** One logit an input industry and measure of size; without distance or size there are no elasticities, so that the industry has none. */
export async function industryLogits(engine: Engine, pairs: Relation, industries: readonly string[]): Promise<ByIndustry<Joined<IndustryLogit>>> {
  return byIndustry(industries, async (industry) => {
    const own = await ofIndustry(engine, pairs, industry)
    const on = (size: string) => {
      const fit = logit(`linked ~ log_km + ${size} + supplier_log_size`, own, { vcov: dyadic('buyer', 'supplier') })
      const lacking = ['log_km', size].filter((term) => !fit.terms.includes(term))
      if (lacking.length > 0) throw new ReshoreError('SingularDesignError', `${lacking.join(' and ')} does not vary`, 'Leave the industry out.')
      return fit
    }
    const fit = on('log_scale')
    return { industry, fit: light(fit), lagged: light(on('log_size')), influence: ofLinks(`link ${industry}`, fit, own, ['log_scale', 'log_km']) }
  })
}

async function byIndustry<T>(industries: readonly string[], make: (industry: string) => Promise<T>): Promise<ByIndustry<T>> {
  const fits: T[] = []
  const failed: Failed[] = []
  for (const industry of industries) {
    try {
      fits.push(await make(industry))
    } catch (error) {
      if (!(error instanceof ReshoreError)) throw error
      failed.push({ what: industry, why: error.message })
    }
  }
  return { fits, failed }
}

export interface IndustryValue {
  readonly industry: string
  readonly fit: Fit<'ppml'>
}

/**
 * What links of the second year are worth, on ln distance and the supplier's ln sales within the buyer: minus the coefficient of ln
 * distance is η_k. One fit an input industry.
 */
export async function industryValues(engine: Engine, values: Relation, industries: readonly string[]): Promise<ByIndustry<Joined<IndustryValue>>> {
  return byIndustry(industries, async (industry) => {
    const own = await ofIndustry(engine, values, industry)
    const fit = ppml('value ~ log_km + supplier_log_sales | buyer', own, { vcov: dyadic('buyer', 'supplier') })
    return { industry, fit: light(fit), influence: ofLinks(`value ${industry}`, fit, own, ['log_km']) }
  })
}

const ofLinks = (name: string, fit: Fit, links: ArrowTable, terms: readonly string[]): UnitInfluence =>
  unitInfluence(influenceBlock(name, fit, links), ['buyer', 'supplier'], terms)

const ofIndustry = (engine: Engine, rows: Relation, industry: string): Promise<ArrowTable> =>
  engine.query(relation('of_industry', { key: rows.key }, sql`SELECT * FROM ${rows} WHERE input_industry = ${industry}`))
