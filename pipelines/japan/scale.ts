/**
 * E5, returns to scale in sourcing: growth of revenue on the fall of domestic shares, Δ ln r = Σ_k e_k (−Δ ln χ_dom,k), pooled and by
 * input industry. The sign of e_k − 1 says whether suppliers of an industry are complements (above one) or substitutes.
 * And what export supply does to the potential of foreign sources where an input is imported in both years: Φ_for/Φ_dom = χ_for/χ_dom, so that
 * Δ ln (χ_for/χ_dom) on the mean shock of the sources has the elasticity ρ of foreign potential.
 */
import { cluster, influenceBlock, ols, relation, id, sql, tidy, unitInfluence, type Engine, type Fit, type Relation, type ShiftShareDesign, type Sql, type UnitInfluence } from 'reshore'
import { rowsOf } from '../shared/words.js'
import { buyerControls } from './buyers.js'
import { attempt, fourWays, light, type Covariances, type FourWays } from './equations.js'

export interface ScaleFits {
  readonly pooled: FourWays
  readonly byIndustry: FourWays
  /** Least squares and 2SLS of e_k, and which of them is relied on. */
  readonly exponents: readonly Exponent[]
  /** ρ is the coefficient of `supply`; null where too few inputs are imported in both years. */
  readonly response: Fit<'ols'> | null
}

export interface Exponent {
  readonly industry: string
  readonly ols: Estimate
  readonly iv: Estimate | null
  /** 2SLS where the conditional F of every input industry is above ten, least squares otherwise. */
  readonly taken: Estimate
  readonly relied: '2SLS' | 'OLS'
}

export interface Estimate {
  readonly value: number
  readonly stdError: number
  readonly low: number
  readonly high: number
}

const exogenous = ['share_sum', 'log_sales']
const effects = ['industry', 'region']

/** E5 on the buyers; shift-share errors where `shocks` are given. */
export async function scaleFits(
  engine: Engine, { buyers, inputs }: { readonly buyers: Relation; readonly inputs: Relation }, shocks: ShiftShareDesign,
): Promise<{ readonly fits: ScaleFits; readonly influences: readonly UnitInfluence[] }> {
  const industries = rowsOf(await engine.query(relation('bought', { key: ['input_industry'] }, sql`
    SELECT DISTINCT input_industry FROM ${inputs} WHERE foreign_growth <> 0`))).map((row) => String(row.input_industry))
  const table = await engine.query(wide(buyers, inputs, industries))
  const byFirms: Covariances = { clustered: cluster('industry') }
  const equation = { label: 'Δ ln revenue', outcome: 'revenue_growth', exogenous, effects }
  const pooled = fourWays({ ...equation, id: 'scale', endogenous: ['foreign_growth'], instruments: ['z'], akm: true, balance: { units: buyerControls, shocks: ['log_exports_from'] } }, table, byFirms, shocks)
  const byIndustry = fourWays({ ...equation, id: 'scale-by-industry', joint: 'firm', endogenous: industries.map(growthOf), instruments: industries.map(shockOf) }, table, byFirms)
  const { influence, ...stored } = byIndustry
  const exponents = industries.flatMap((industry) => exponentOf(industry, stored))
  const response = await foreignResponse(engine, inputs)
  const relied = exponents.some(({ relied: by }) => by === '2SLS') ? influence?.iv : influence?.ols
  return { fits: { pooled, byIndustry: stored, exponents, response: response?.fit ?? null }, influences: [...(relied === undefined ? [] : [relied]), ...(response === null ? [] : [response.influence])] }
}

/** Fewer inputs imported in both years say nothing. */
const fewestImported = 20

async function foreignResponse(engine: Engine, inputs: Relation): Promise<{ readonly fit: Fit<'ols'>; readonly influence: UnitInfluence } | null> {
  const table = await engine.query(relation('imported_inputs', { key: ['firm', 'input_industry'] }, sql`
    SELECT firm, input_industry, foreign_change, supply FROM ${inputs} WHERE foreign_change IS NOT NULL AND supply IS NOT NULL`))
  if (table.numRows < fewestImported) return null
  const made = attempt(() => ols('foreign_change ~ supply | input_industry', table, { vcov: cluster('firm') }))
  if ('failed' in made) return null
  const { fit } = made
  return { fit: light(fit), influence: unitInfluence(influenceBlock('response', fit, table), 'firm', ['supply']) }
}

const growthOf = (industry: string): string => `growth_${industry}`
const shockOf = (industry: string): string => `z_${industry}`

/** Buyers with the growth of foreign sourcing and the exposure of every input industry in a column; zero where it is not bought. */
function wide(buyers: Relation, inputs: Relation, industries: readonly string[]): Relation {
  const spread = (column: string, name: (industry: string) => string): Sql[] => industries.map((industry) =>
    sql`max(CASE WHEN i.input_industry = ${industry} THEN ${id('i', column)} END) AS ${id(name(industry))}`)
  const columns = relation('by_input', { key: ['firm'] }, sql`
    SELECT i.firm, ${spread('foreign_growth', growthOf)}, ${spread('z', shockOf)} FROM ${inputs} AS i GROUP BY i.firm`)
  const filled = [...industries.map(growthOf), ...industries.map(shockOf)].map((name) => sql`coalesce(${id('c', name)}, 0e0) AS ${id(name)}`)
  return relation('wide_buyers', { key: ['firm'] }, sql`SELECT b.*, ${filled} FROM ${buyers} AS b JOIN ${columns} AS c ON c.firm = b.firm`)
}

/** Where a conditional F (Sanderson and Windmeijer) is below, two-stage least squares is not relied on. */
const strongEnough = 10

/** Nothing where the growth of the industry is collinear in the buyers at hand. */
function exponentOf(industry: string, fits: FourWays): Exponent[] {
  const of = (fit: Fit | undefined): Estimate | null => {
    const row = fit === undefined ? undefined : tidy(fit).find(({ term }) => term === growthOf(industry))
    return row === undefined ? null : { value: row.estimate, stdError: row.stdError, low: row.conf[0], high: row.conf[1] }
  }
  const [least, twoStage] = [of(fits.ols), of(fits.iv)]
  if (least === null) return []
  const strong = twoStage !== null && fits.iv!.detail.firstStages.every(({ sandersonWindmeijer: f }) => (f?.statistic ?? 0) > strongEnough)
  return [{ industry, ols: least, iv: twoStage, ...(strong ? { taken: twoStage, relied: '2SLS' } : { taken: least, relied: 'OLS' }) }]
}
