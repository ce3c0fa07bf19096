/**
 * Buyers of the Basic Survey between the two years, one row a firm (`buyers`) and one a firm and input industry it buys from
 * (`inputs`): offshoring, growth, what they were like before, their exposure to foreign export supply, and their links.
 *
 * - `starts` = 1 where nothing was imported in the first year and something in the second.
 * - `foreign_growth` = −Δ ln χ_dom of an input, χ_dom the share bought at home; of a firm the sum over its inputs.
 * - `z` of a firm = Σ share × shock over countries and products, with `share_sum` = Σ share; of an input those of
 *   the products its industry makes.
 * - `home_share` of an input in the second year; `foreign_change` = Δ ln (χ_for/χ_dom) where it is imported in both years.
 * - `supply` of an input = its z over its shares: the mean shock of where it comes from.
 * - `share_unit`: whose import shares these are: the firm's own, or those of its industry where it did not import.
 * - `others_share_sum`: the sum over the other inputs of the firm.
 * - `x_contrast` = mean of x over added links less mean over continuing ones in the first year (E4).
 */
import {
  buyerChanges, checkDecomposition, exportShocks, exposure, id, importShares, regionShares, relation, sql, type,
  type Flow, type Relation, type Sql, type Step,
} from 'reshore'
import { buyerFlow, sampleStop, rowCount } from './flow.js'
import { differentiationMeasure, linkMeans, type linkStep } from './links.js'
import { requireImportShares, requireOffshoring } from './requirements.js'
import { exactSum, logOf, type JapanTables, type Period } from './tables.js'

/** Controls of E2, all of the first year. */
export const buyerControls = ['log_employees', 'log_productivity', 'log_capital_intensity', 'age', 'exporter', 'research_intensity', 'log_links_from']

/** Declares the step that makes both, with the shares and shocks of the instrument and the checked decomposition. */
export function buyerStep({ step }: Flow, inputs: { readonly tables: Step<JapanTables>; readonly links: ReturnType<typeof linkStep> }, period: Period) {
  return step('buyers', {
    stage: 'features',
    inputs: { ...inputs },
    options: { ...period },
    async run({ tables, links }, { engine, flow, note, options }) {
      const { survey, trade, firms, countries, base_imports: baseImports, import_use: importUse } = tables
      const base = { year: options.from }
      // Not kept: at full size a row a firm, country and product is by far the largest table, and it is read twice.
      const shares = importShares({ survey, trade, firms, countries, baseImports, importUse }, base)
      const shocks = await engine.keep(exportShocks(tables.world_exports, options))
      const regions = regionShares({ survey, trade, firms }, base)
      await requireImportShares(engine, regions, options)
      const sources = { tables, links: links.table, shares, regions, shocks, industries: links.industries }
      const changes = await engine.keep(buyerChanges(links.table, { ...options, means: linkMeans }))
      const decomposition = await checkDecomposition(engine, changes, linkMeans)
      const firmRows = await engine.keep(buyers({ ...sources, changes }, options))
      for (const sentence of await requireOffshoring(engine, firmRows, options)) note(sentence)
      const inputRows = await engine.keep(buyerInputs(sources, options))
      flow(
        ...(await buyerFlow(engine, { survey, buyers: firmRows }, options)),
        sampleStop('buyer-inputs', 'inputs of buyers', 'buyers', await rowCount(engine, inputRows), 'one row per buyer and industry it buys from'),
      )
      return { buyers: firmRows, inputs: inputRows, shares: unitShares(firmRows, shares), shocks, changes, decomposition: { checks: decomposition } }
    },
  })
}

interface BuyerSources {
  readonly tables: JapanTables
  /** Link table with statuses. */
  readonly links: Relation
  readonly shares: Relation
  /** Shares by region of the world, `imputed` 1 where they are the industry's. */
  readonly regions: Relation
  readonly shocks: Relation
  readonly industries: Relation
}

/** Shares by unit, country and product: once for all firms that have those of their industry. */
function unitShares(buyers: Relation, shares: Relation): Relation {
  const units = relation('share_units', { key: ['share_unit'] }, sql`SELECT share_unit, min(firm) AS firm FROM ${buyers} GROUP BY share_unit`)
  return relation('unit_shares', { key: ['share_unit', 'country', 'product'] }, sql`
    SELECT u.share_unit, s.country, s.product, s.share FROM ${shares} AS s JOIN ${units} AS u ON u.firm = s.firm WHERE s.share > 0`)
}

/** Purchases of the firms of both years by input industry. */
function purchaseGrowth({ purchases }: JapanTables, { from, to }: Period): Relation {
  const key = ['firm', 'input_industry']
  const in_ = (year: number, column: string): Sql => exactSum(sql`CASE WHEN year = ${year} THEN ${id(column)} END`)
  const sums = relation('purchases_of_both_years', { key }, sql`
    SELECT firm, input_industry, ${in_(from, 'domestic')} AS home_from, ${in_(from, 'imported')} AS abroad_from,
      ${in_(to, 'domestic')} AS home_to, ${in_(to, 'imported')} AS abroad_to
    FROM ${purchases} WHERE year IN (${from}, ${to}) GROUP BY firm, input_industry`)
  const share = (year: string): Sql => sql`${id(`home_${year}`)} / nullif(${id(`home_${year}`)} + coalesce(${id(`abroad_${year}`)}, 0), 0)`
  return relation('purchase_growth', { key }, sql`
    SELECT firm, input_industry, CASE WHEN abroad_from > 0 THEN 1 ELSE 0 END AS offshores_from,
      CASE WHEN abroad_to > 0 THEN 1 ELSE 0 END AS offshores_to, ${logOf(share('from'))} - ${logOf(share('to'))} AS foreign_growth,
      coalesce(${share('to')}, 1e0) AS home_share, ${logOf(sql`nullif(abroad_to, 0) / home_to`)} - ${logOf(sql`nullif(abroad_from, 0) / home_from`)} AS foreign_change
    FROM ${sums}`)
}

/** Over the inputs of a firm; an input known in one year only makes the sum missing. */
function pooledGrowth(growth: Relation): Relation {
  const any = (column: string): Sql => sql`max(${id(column)})`
  return relation('pooled_growth', { key: ['firm'] }, sql`
    SELECT firm, ${any('offshores_from')} AS offshores_from, ${any('offshores_to')} AS offshores_to,
      CASE WHEN count(*) = count(foreign_growth) THEN ${exactSum(sql`foreign_growth`)} END AS foreign_growth
    FROM ${growth} GROUP BY firm`)
}

const starts = sql`CASE WHEN offshores_from = 0 AND offshores_to = 1 THEN 1 ELSE 0 END`

/** Exposure through the products of one input industry. */
function inputExposure({ shares, shocks, tables: { products } }: BuyerSources): Relation {
  const makers = relation('makers', { key: ['product'] }, sql`SELECT product, max(industry) AS industry FROM ${products} GROUP BY product`)
  return relation('input_exposure', { key: ['firm', 'input_industry'] }, sql`
    SELECT s.firm, p.industry AS input_industry, ${exactSum(sql`s.share * g.shock`)} AS z,
      ${exactSum(sql`s.share`)} AS share_sum
    FROM ${shares} AS s JOIN ${makers} AS p ON p.product = s.product
    JOIN ${shocks} AS g ON g.country = s.country AND g.product = s.product GROUP BY s.firm, p.industry`)
}

/** Firms in the survey and the master of both years with what they were like in the first. */
function surveyed({ survey, firms, municipalities }: JapanTables, { from, to }: Period): Relation {
  return relation('surveyed', { key: ['firm'] }, sql`
    SELECT a.firm, m.industry, substr(m.industry, 1, 3) AS division, m.municipality, g.region,
      ${logOf(sql`b.sales`)} - ${logOf(sql`a.sales`)} AS revenue_growth, ${logOf(sql`a.sales`)} AS log_sales,
      ${logOf(sql`a.employees`)} AS log_employees, ${logOf(sql`a.value_added / nullif(a.employees, 0)`)} AS log_productivity,
      ${logOf(sql`a.capital / nullif(a.employees, 0)`)} AS log_capital_intensity, ${from} - m.founded AS age,
      CASE WHEN a.exports > 0 THEN 1 ELSE 0 END AS exporter, a.research / nullif(a.sales, 0) AS research_intensity
    FROM ${survey} AS a
    JOIN ${survey} AS b ON b.firm = a.firm AND b.year = ${to}
    JOIN ${firms} AS m ON m.firm = a.firm AND m.year = ${from}
    JOIN ${firms} AS n ON n.firm = a.firm AND n.year = ${to}
    LEFT JOIN ${municipalities} AS g ON g.municipality = m.municipality
    WHERE a.year = ${from}`)
}

/** What is carried from the changes of a buyer's links. */
const changeColumns = [
  'links_from', 'links_to', 'links_added', 'links_dropped', 'log_links_from', 'log_links_change', 'add_rate', 'drop_rate', 'link_growth',
  ...linkMeans.map((column) => `${column}_change`),
].map((column) => id('c', column))

const contrasts = ['log_km', differentiationMeasure].map((column) =>
  sql`${id('c', `${column}_added`)} - ${id('c', `${column}_kept_from`)} AS ${id(`${column}_contrast`)}`)

/** One row a firm. */
function buyers(sources: BuyerSources & { readonly changes: Relation }, period: Period): Relation {
  const { tables, changes } = sources
  const growth = pooledGrowth(purchaseGrowth(tables, period))
  return relation('buyers', { key: ['firm'] }, sql`
    SELECT f.*, p.offshores_from, p.offshores_to, ${starts} AS starts, p.foreign_growth, coalesce(e.wes, 0) AS z,
      coalesce(e.share_sum, 0) AS share_sum, ${changeColumns}, ${contrasts},
      CASE WHEN h.imputed = 0 THEN f.firm WHEN h.imputed = 1 THEN 'industry ' || f.industry ELSE 'none' END AS share_unit
    FROM ${surveyed(tables, period)} AS f
    JOIN ${growth} AS p ON p.firm = f.firm
    LEFT JOIN ${exposure(sources.shares, sources.shocks)} AS e ON e.firm = f.firm
    LEFT JOIN (SELECT firm, max(imputed) AS imputed FROM ${sources.regions} GROUP BY firm) AS h ON h.firm = f.firm
    LEFT JOIN ${changes} AS c ON c.buyer = f.firm`)
}

/** One row a firm and input industry it buys from. */
function buyerInputs(sources: BuyerSources, period: Period): Relation {
  const { tables, links, industries } = sources
  const changes = buyerChanges(links, { ...period, means: linkMeans, by: 'input_industry' })
  const key = ['firm', 'input_industry']
  const exposed = (column: string): Sql => sql`coalesce(${id('e', column)}, 0e0)`
  const own = relation('own_inputs', { key }, sql`
    SELECT p.*, ${starts} AS starts, ${exposed('z')} AS z, ${exposed('share_sum')} AS share_sum,
      sum(CAST(${exposed('share_sum')} AS DECIMAL(38, 12))) OVER (PARTITION BY p.firm) AS all_share_sum
    FROM ${purchaseGrowth(tables, period)} AS p
    LEFT JOIN ${inputExposure(sources)} AS e ON e.firm = p.firm AND e.input_industry = p.input_industry`)
  return relation('buyer_inputs', { key }, sql`
    SELECT p.firm, p.input_industry, p.offshores_from, p.offshores_to, p.starts, p.foreign_growth, p.home_share, p.foreign_change, p.z, p.share_sum, CASE WHEN p.share_sum > 0 THEN p.z / p.share_sum END AS supply,
      CAST(p.all_share_sum AS ${type('float')}) - p.share_sum AS others_share_sum,
      f.industry, f.division, f.region, f.log_sales, f.revenue_growth,
      ${id('i', differentiationMeasure)} AS beta, ${changeColumns}
    FROM ${own} AS p
    JOIN ${surveyed(tables, period)} AS f ON f.firm = p.firm
    LEFT JOIN ${industries} AS i ON i.industry = p.input_industry
    LEFT JOIN ${changes} AS c ON c.buyer = p.firm AND c.input_industry = p.input_industry`)
}
