/**
 * E2 to E4: what buying abroad does to domestic links, by buyer, by buyer and input industry, by link and by candidate cell.
 *
 * - Starting (`starts`) is asked of buyers that did not buy abroad in the first year. These all have the import shares of their
 *   industry, so that the instrument does not vary within one: effects are those of industry divisions.
 * - Growth of foreign sourcing (`foreign_growth`, −Δ ln χ_dom) is asked of all buyers, within industry and region; by input industry it
 *   is split into that of the input itself and that of the others: the first acts through Θ_k^(e_k − 1), the second through scale,
 *   Δ ln A_−k = Σ_{l≠k} e_l (−Δ ln χ_dom,l): with equal weights what is left of inputs with high e_l moves with the own one and hides its sign.
 */
import { cluster, dyadic, id, relation, sql, type, type ArrowTable, type Engine, type Relation, type ShiftShareDesign, type Sql } from 'reshore'
import { buyerControls } from './buyers.js'
import { fourWays, type Covariances, type Equation, type FourWays } from './equations.js'
import { differentiationMeasure } from './links.js'
import type { Exponent } from './scale.js'

export interface OffshoringFits {
  /** E2 and the contrasts of E4, by outcome: starting, and growth of foreign sourcing. */
  readonly starts: readonly FourWays[]
  readonly growth: readonly FourWays[]
  /** By input industry: all, and on either side of e_k = 1. */
  readonly inputs: Sides<readonly FourWays[]> & { readonly all: readonly FourWays[] }
  /** E3: starting alone, under the other definitions of survival, and with interactions. */
  readonly drops: readonly FourWays[]
  readonly dropSides: Sides<FourWays>
  /** E4: whether a candidate cell is added, and the share of added ones among cells with a link. */
  readonly adds: readonly FourWays[]
  readonly addSides: Sides<readonly FourWays[]>
}

/** Input industries whose suppliers are complements (e_k > 1), and those whose are substitutes. */
export interface Sides<T> {
  readonly complements: T
  readonly substitutes: T
}

/** Outcomes of E2 and the contrasts of E4, in words. */
const buyerOutcomes: Readonly<Record<string, string>> = {
  log_links_change: 'Δ ln suppliers',
  add_rate: 'add rate',
  drop_rate: 'drop rate',
  link_growth: 'net growth of links',
  log_km_change: 'Δ mean ln distance',
  [`${differentiationMeasure}_change`]: 'Δ mean differentiation',
  log_km_contrast: 'ln distance, added less incumbent',
  [`${differentiationMeasure}_contrast`]: 'differentiation, added less incumbent',
}

export interface OffshoringTables {
  readonly buyers: Relation
  readonly inputs: Relation
  readonly drops: Relation
  readonly candidates: Relation
}

/** The fits of E2 to E4 with the e_k of E5; input industries with e_k above one are complements. */
export async function offshoringFits(
  engine: Engine, tables: OffshoringTables, exponents: readonly Exponent[], shocks: ShiftShareDesign,
): Promise<OffshoringFits> {
  const { buyers } = tables
  const others = scaleOfOthers(tables.inputs, exponents)
  const [inputs, drops, candidates] = [withOthers(tables.inputs, others, 'firm'), withOthers(tables.drops, others, 'buyer'), withOthers(tables.candidates, others, 'buyer')]
  const complements = exponents.filter(({ taken }) => taken.value > 1).map(({ industry }) => industry)
  const rows = (of: Relation, where: Sql): Promise<ArrowTable> =>
    engine.query(relation(`some_${of.name}`, { key: of.key }, sql`SELECT * FROM ${of} WHERE ${where}`))
  const isComplement = sql`input_industry IN (${complements.length === 0 ? [''] : complements})`
  const sides = async <T>(of: Relation, where: Sql, make: (table: ArrowTable) => T): Promise<Sides<T>> => ({
    complements: make(await rows(of, sql`${where} AND ${isComplement}`)),
    substitutes: make(await rows(of, sql`${where} AND NOT (${isComplement})`)),
  })
  const [atRisk, lasting, everything] = [sql`offshores_from = 0`, sql`both_present = 1`, sql`TRUE`]
  const [fresh, all] = [await rows(buyers, atRisk), await rows(buyers, everything)]
  const [freshDrops, freshCells] = [await rows(drops, sql`${atRisk} AND ${lasting}`), await rows(candidates, atRisk)]
  const linked = sql`links > 0`
  const addShares = await sides(candidates, linked, (table) => fourWays(ownAndOthers('add-share-own', addedShare, cellTerms, 'added'), table, byBuyer))
  const addLevels = await sides(candidates, everything, (table) => fourWays({ ...ownAndOthers('add-own', 'added', cellTerms), weights: 'weight' }, table, byBuyer))
  const outcomes = Object.entries(buyerOutcomes)
  const byIndustry: Covariances = { clustered: cluster('industry') }
  return {
    starts: outcomes.map(([outcome, label]) => fourWays(startEquation(outcome, label), fresh, byIndustry, shocks)),
    growth: outcomes.map(([outcome, label]) => fourWays(growthEquation(outcome, label), all, byIndustry, shocks)),
    inputs: { all: byInput(await rows(inputs, everything)), ...(await sides(inputs, everything, byInput)) },
    drops: [
      fourWays(startOf('drop', 'dropped'), freshDrops, dyads, shocks),
      fourWays(startOf('drop-partner', 'dropped, partner there in both years'), await rows(drops, sql`${atRisk} AND partner_present = 1`), dyads, shocks),
      fourWays(startOf('drop-all', 'dropped or gone'), await rows(drops, atRisk), dyads, shocks),
      fourWays(interacted(startOf('drop-interacted', 'dropped, with interactions')), freshDrops, dyads),
    ],
    dropSides: await sides(drops, lasting, (table) => fourWays(ownAndOthers('drop-own', 'dropped', linkTerms), table, dyads)),
    adds: [
      fourWays(startOf('add', 'added', 'added', cellTerms, 'weight'), freshCells, byBuyer, shocks),
      fourWays(startOf('add-share', addedShare, 'added', cellTerms), await rows(candidates, sql`${atRisk} AND ${linked}`), byBuyer, shocks),
      fourWays(interacted(startOf('add-interacted', 'added, with interactions', 'added', cellTerms, 'weight')), freshCells, byBuyer),
    ],
    addSides: { complements: [addLevels.complements, addShares.complements], substitutes: [addLevels.substitutes, addShares.substitutes] },
  }
}

/** What the other inputs of a firm add to scale, and their exposure with the same weights; an input without e_k, or all of them, counts with one. */
export function scaleOfOthers(inputs: Relation, exponents: readonly Exponent[]): Relation {
  const known = exponents.map(({ industry, taken }) => sql`(${industry}, ${taken.value})`)
  const weights = known.length === 0 ? [sql`('', 1e0)`] : known
  const others = (column: string): Sql => {
    const own = sql`CAST(coalesce(CAST(v.exponent AS ${type('float')}), 1e0) * ${id('p', column)} AS DECIMAL(38, 12))`
    return sql`CAST(sum(${own}) OVER (PARTITION BY p.firm) - ${own} AS ${type('float')})`
  }
  return relation('scale_of_others', { key: ['firm', 'input_industry'] }, sql`
    SELECT p.firm, p.input_industry, ${others('foreign_growth')} AS others_scale, ${others('z')} AS others_exposure
    FROM ${inputs} AS p LEFT JOIN (VALUES ${weights}) AS v(industry, exponent) ON v.industry = p.input_industry`)
}

const withOthers = (rows: Relation, others: Relation, buyer: string): Relation => relation(`${rows.name}_scaled`, { key: rows.key }, sql`
  SELECT r.*, o.others_scale, o.others_exposure FROM ${rows} AS r
  LEFT JOIN ${others} AS o ON o.firm = ${id('r', buyer)} AND o.input_industry = r.input_industry`)

const byInput = (table: ArrowTable): FourWays[] =>
  inputOutcomes.map(([outcome, label]) => fourWays(inputEquation(outcome, label), table, { clustered: cluster('firm') }))

const byBuyer: Covariances = { clustered: cluster('buyer'), industry: cluster('industry') }
/** Of links between two firms. */
const dyads: Covariances = { clustered: cluster('buyer', 'supplier'), dyadic: dyadic('buyer', 'supplier'), industry: cluster('industry') }

const startEquation = (outcome: string, label: string): Equation => ({
  id: `starts-${outcome}`, label, outcome, endogenous: ['starts'], instruments: ['z'], exogenous: [...buyerControls, 'share_sum'], effects: ['division', 'region'], akm: outcome === 'link_growth',
})

const growthEquation = (outcome: string, label: string): Equation => ({
  id: `growth-${outcome}`, label, outcome, endogenous: ['foreign_growth'], instruments: ['z'], exogenous: [...buyerControls, 'share_sum'], effects: ['industry', 'region'],
  akm: outcome === 'link_growth',
})

/** Outcomes by input industry. */
const inputOutcomes = [['link_growth', 'net growth of links'], ['add_rate', 'add rate'], ['drop_rate', 'drop rate']] as const

const inputEquation = (outcome: string, label: string): Equation => ({
  id: `inputs-${outcome}`, label, outcome, endogenous: ['foreign_growth', 'others_scale'], instruments: ['z', 'others_exposure'], exogenous: ['log_sales', 'share_sum', 'others_share_sum'],
  effects: ['industry^input_industry', 'region'],
})

/** Of cells with a link in the second year, those that are new: numbers of added cells are ruled by large buyers, to whom scale adds most. */
const addedShare = 'share of added among linked cells'

const linkTerms = ['log_km', 'log_supplier', 'beta']
const cellTerms = ['log_km', 'log_suppliers', 'beta']

/** What starting does to links or cells; differentiation itself is absorbed by the effects of the supplier's industry. */
function startOf(id: string, label: string, outcome = 'dropped', terms = linkTerms, weights?: string): Equation {
  return {
    id, label, outcome, endogenous: ['starts'], instruments: ['z'], exogenous: [...terms.slice(0, 2), 'share_sum'],
    effects: ['region^division', 'supplier_region^input_industry'], ...(weights !== undefined && { weights }),
  }
}

/** The same with interactions of starting, instrumented by those of the exposure. */
function interacted(equation: Equation): Equation {
  const terms = [...equation.exogenous.slice(0, 2), 'beta']
  const times = (variable: string): string[] => [variable, ...terms.map((term) => `${variable}:${term}`)]
  return { ...equation, endogenous: times('starts'), instruments: times('z') }
}

/** Growth of foreign sourcing of the same input, alone and for larger suppliers or more of them, and of the buyer's others. */
function ownAndOthers(id: string, label: string, terms: readonly string[], outcome = label): Equation {
  return {
    id, label, outcome, endogenous: ['foreign_growth', 'others_scale', `foreign_growth:${terms[1]!}`], instruments: ['own_z', 'others_exposure', `own_z:${terms[1]!}`],
    exogenous: [...terms.slice(0, 2), 'own_share_sum', 'others_share_sum'], effects: ['region^industry', 'supplier_region^input_industry'],
  }
}
