/**
 * Differentiation of industries after Rauch (1999): the share of an industry's products that are differentiated (`n`; the others
 * are reference priced, `r`, or traded on exchanges, `w`), under the conservative and the liberal classification.
 *
 * Products reach industries through a concordance in a stated version. Weights are counts (every pair of product and industry
 * once) or a trade value of the concordance; a product in several industries counts in each. Missing-value rule: products without
 * a class, or without a positive weight, leave the shares and are counted in `products_unclassified`; a share over no product
 * is missing. Unit: shares from 0 to 1.
 */
import { id, relation, sql } from '../../engine/index.js'
import type { Relation, Sql } from '../../engine/records.js'
import { asInteger, countWhere, exactSum } from '../exactMeans.js'
import { columnsOf } from '../panel.js'
import { standardised } from './standardise.js'

export interface RauchSources {
  /** One row a `product`, with `conservative` and `liberal`: n, r or w. It may be the concordance itself. */
  readonly classes: Relation
  /** Rows of `product` and `industry`, with `version` and a weight where these are used. */
  readonly concordance: Relation
}

export interface RauchOptions {
  /** Which version of the concordance; null where it has no column `version`. */
  readonly version: string | null
  /** `count`, or the column of the concordance with the trade value. Default `count`. */
  readonly weight?: string
}

/**
 * `share_conservative`, `share_liberal`, `products` and `products_unclassified`, keyed by industry.
 *
 * @example rauchShares({ classes: products, concordance: products }, { version: '2002', weight: 'weight' })
 */
export function rauchShares({ classes, concordance }: RauchSources, { version, weight = 'count' }: RauchOptions): Relation {
  const weights = weight === 'count' ? sql`1` : sql`sum(${id('c', weight)})`
  const pairs = relation('products_of_industries', { key: ['product', 'industry'] }, sql`
    SELECT c.product, c.industry, ${weights} AS weight FROM ${concordance} AS c
    WHERE c.product IS NOT NULL AND c.industry IS NOT NULL ${version === null ? sql`` : sql`AND c.version = ${version}`}
    GROUP BY c.product, c.industry`)
  const known = relation('product_classes', { key: ['product'] }, sql`
    SELECT product, min(conservative) AS conservative, min(liberal) AS liberal FROM ${classes} GROUP BY product`)
  const classified = (column: string): Sql => sql`${id('k', column)} IN ('n', 'r', 'w') AND p.weight > 0`
  const share = (column: string): Sql => {
    const total = (condition: Sql): Sql => exactSum(sql`CASE WHEN ${condition} THEN p.weight END`)
    return sql`coalesce(${total(sql`${classified(column)} AND ${id('k', column)} = 'n'`)}, 0e0) / ${total(classified(column))}`
  }
  return relation('rauch_shares', { key: ['industry'] }, sql`
    SELECT p.industry, ${share('conservative')} AS share_conservative, ${share('liberal')} AS share_liberal,
      ${asInteger(sql`count(*)`)} AS products,
      ${asInteger(sql`count(*) - ${countWhere(sql`${classified('conservative')} AND ${classified('liberal')}`)}`)} AS products_unclassified
    FROM ${pairs} AS p LEFT JOIN ${known} AS k ON k.product = p.product GROUP BY p.industry`)
}

export interface DifferentiationSources extends RauchSources {
  /** One row an `industry`: all that shall have a row, with their own measures. */
  readonly industries: Relation
}

export interface DifferentiationOptions extends RauchOptions {
  /** Numeric columns of `industries` to carry beside, such as contract intensity. */
  readonly measures?: readonly string[]
}

const shares = ['share_conservative', 'share_liberal']

/**
 * All measures of differentiation keyed by industry: Rauch shares and measures of one's own, raw and standardised over industries
 * (`…_z`: mean 0, standard deviation 1), with `products` and `products_unclassified`.
 *
 * @example differentiation({ industries, classes, concordance }, { version: '2002', measures: ['contract_intensity'] })
 */
export function differentiation(sources: DifferentiationSources, options: DifferentiationOptions): Relation {
  const { measures = [] } = options
  const raw = relation('raw_differentiation', { key: ['industry'] }, sql`
    SELECT ${columnsOf('i', ['industry', ...measures])}, ${columnsOf('r', shares)},
      coalesce(r.products, 0) AS products, coalesce(r.products_unclassified, 0) AS products_unclassified
    FROM ${sources.industries} AS i LEFT JOIN ${rauchShares(sources, options)} AS r ON r.industry = i.industry`)
  return { ...standardised(raw, [...shares, ...measures]), name: 'differentiation' }
}

export interface ChainColumns {
  /** Columns of the first concordance: what is mapped, and the code in between. */
  readonly first: readonly [product: string, code: string]
  /** Columns of the second: the code in between, and where it leads. */
  readonly second: readonly [code: string, industry: string]
}

/**
 * Two concordances as one: distinct pairs of `product` and `industry` with a code in common, such as SITC → HS → ISIC. Codes of
 * either that the other lacks lead nowhere.
 *
 * @example chainConcordances(hsToSitc, hsToIsic, { first: ['SITC2_4d', 'HS_6d'], second: ['HS_6d', 'ISIC3_4d'] })
 */
export function chainConcordances(first: Relation, second: Relation, columns: ChainColumns): Relation {
  const [product, code] = columns.first
  const [sameCode, industry] = columns.second
  return relation('concordance', { key: ['product', 'industry'] }, sql`
    SELECT DISTINCT ${id('a', product)} AS product, ${id('b', industry)} AS industry
    FROM ${first} AS a JOIN ${second} AS b ON ${id('b', sameCode)} = ${id('a', code)}
    WHERE ${id('a', product)} IS NOT NULL AND ${id('b', industry)} IS NOT NULL`)
}
