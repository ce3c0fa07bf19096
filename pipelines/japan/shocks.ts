/**
 * Inference for equations whose instrument is the exposure `z` of a firm, as shift-share (methods 5.8): shocks are those of country and
 * product, drawn together within a product. Standard errors come from the shock-level regression (Borusyak, Hull and Jaravel 2022), and
 * from Adão, Kolesár and Morales (2019) where there are more exposed firms than shocks.
 */
import {
  ReshoreError, relation, shiftShare, shockLevelRegression, sql, withVcov, stdErrors,
  type ArrowTable, type Engine, type Fit, type Relation, type ShiftShareDesign,
} from 'reshore'

/** How `z` was made, by the column of the firm in the table of an equation. */
export type ShockDesign = (unit: string) => ShiftShareDesign

/** What an equation says of its shocks. */
export interface ShockFacts {
  readonly shocks: number
  /** 1/Σ s², s the weights of shocks; and of products. */
  readonly effective: number
  readonly effectiveProducts: number
  readonly largest: string
  readonly largestWeight: number
  /** Of the shock-level regression with a constant. */
  readonly estimate: number
  readonly stdError: number
  /** Adão, Kolesár and Morales; null where the shares cannot be inverted. */
  readonly akm: number | null
}

/** Reads the shares that meet a shock, and the shocks. */
export async function shockDesign(
  engine: Engine, { buyers, shares, shocks }: { readonly buyers: Relation; readonly shares: Relation; readonly shocks: Relation },
): Promise<ShockDesign> {
  const name = sql`country || ' ' || product`
  const known = relation('known_shocks', { key: ['shock'] }, sql`SELECT ${name} AS shock, product, shock AS value FROM ${shocks} WHERE shock IS NOT NULL`)
  const met = relation('shares_with_shocks', { key: ['firm', 'shock'] }, sql`
    SELECT b.firm, coalesce(s.shock, 'none') AS shock, coalesce(s.share, 0e0) AS share
    FROM ${buyers} AS b
    LEFT JOIN (SELECT h.firm, h.share, k.shock FROM (SELECT firm, share, ${name} AS shock FROM ${shares} WHERE share > 0) AS h JOIN ${known} AS k ON k.shock = h.shock) AS s
      ON s.firm = b.firm`)
  const tables = { shares: await engine.query(met), shocks: await engine.query(known) }
  return (unit) => ({
    variable: 'z', unit,
    shares: { table: tables.shares, unit: 'firm', shock: 'shock', share: 'share' },
    shocks: { table: tables.shocks, shock: 'shock', value: 'value', cluster: 'product' },
  })
}

/** Shift-share inference for a 2SLS fit with one endogenous regressor. */
export function shockFacts(fit: Fit<'iv'>, table: ArrowTable, design: ShiftShareDesign): ShockFacts {
  const { shocks, effectiveShocks, clusters, largestWeight, conditional } = shockLevelRegression(fit, table, design)
  return {
    shocks: shocks.length, effective: effectiveShocks, effectiveProducts: clusters.effective, largest: largestWeight.shock, largestWeight: largestWeight.weight,
    ...conditional, akm: akmError(fit, table, design),
  }
}

function akmError(fit: Fit<'iv'>, table: ArrowTable, design: ShiftShareDesign): number | null {
  try {
    return stdErrors(withVcov(fit, shiftShare(design), table)).at(-1)!
  } catch (error) {
    // More shocks than exposed firms, as in small samples: the shares have no inverse.
    if (error instanceof ReshoreError) return null
    throw error
  }
}
