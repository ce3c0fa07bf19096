/**
 * Inference for equations whose instrument is the exposure `z` of a firm, as shift-share: shocks are those of country and
 * product, drawn together within a product. Standard errors come from the shock-level regression (Borusyak, Hull and Jaravel 2022), and
 * for the main equations from Adão, Kolesár and Morales (2019), where there are more exposed units than shocks.
 */
import {
  ReshoreError, relation, shiftShare, shockLevelRegression, sql, withVcov, stdErrors,
  type ArrowTable, type Engine, type Fit, type Relation, type ShiftShareDesign,
} from 'reshore'

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
  /** Adão, Kolesár and Morales; null where the shares cannot be inverted, or it was not asked for. */
  readonly akm: number | null
}

/** How `z` was made: the shares that meet a shock, one set for all firms that have those of their industry, and the shocks. */
export async function shockDesign(
  engine: Engine, { buyers, shares, shocks }: { readonly buyers: Relation; readonly shares: Relation; readonly shocks: Relation },
): Promise<ShiftShareDesign> {
  const name = sql`country || ' ' || product`
  const known = relation('known_shocks', { key: ['shock'] }, sql`SELECT ${name} AS shock, product, shock AS value, log_exports_from FROM ${shocks} WHERE shock IS NOT NULL`)
  const met = relation('shares_with_shocks', { key: ['share_unit', 'shock'] }, sql`
    SELECT u.share_unit, coalesce(s.shock, 'none') AS shock, coalesce(s.share, 0e0) AS share
    FROM (SELECT DISTINCT share_unit FROM ${buyers}) AS u
    LEFT JOIN (SELECT h.share_unit, h.share, k.shock FROM (SELECT share_unit, share, ${name} AS shock FROM ${shares}) AS h JOIN ${known} AS k ON k.shock = h.shock) AS s
      ON s.share_unit = u.share_unit`)
  return {
    variable: 'z', unit: 'share_unit',
    shares: { table: await engine.query(met), unit: 'share_unit', shock: 'shock', share: 'share' },
    shocks: { table: await engine.query(known), shock: 'shock', value: 'value', cluster: 'product' },
  }
}

/** Shift-share inference for a 2SLS fit with one endogenous regressor. */
export function shockFacts(fit: Fit<'iv'>, table: ArrowTable, design: ShiftShareDesign, { akm = false }: { readonly akm?: boolean } = {}): ShockFacts {
  const { shocks, effectiveShocks, clusters, largestWeight, conditional } = shockLevelRegression(fit, table, design)
  return {
    shocks: shocks.length, effective: effectiveShocks, effectiveProducts: clusters.effective, largest: largestWeight.shock, largestWeight: largestWeight.weight,
    ...conditional, akm: akm ? akmError(fit, table, design) : null,
  }
}

function akmError(fit: Fit<'iv'>, table: ArrowTable, design: ShiftShareDesign): number | null {
  try {
    return stdErrors(withVcov(fit, shiftShare(design), table)).at(-1)!
  } catch (error) {
    // More shocks than exposed units, as in small samples: the shares have no inverse.
    if (error instanceof ReshoreError) return null
    throw error
  }
}
