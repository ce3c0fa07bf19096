/**
 * Changes in shares and elasticities only (exact-hat algebra; Dekle, Eaton and Kortum 2007) for fixed sourcing sets, the in-house
 * share included:
 *
 *     Θ̂_k = χ_0k Φ̂_0k + Σ_i χ_ik Φ̂_ik,   ĉ = ŵ^{γ_0} Π_k Θ̂_k^{−γ_k/θ_k},
 *     P̂^{1−σ} = Σ_n s_n ĉ_n^{1−σ},        r̂_n = (ĉ_n/P̂)^{1−σ} Ê
 *
 * `x̂` is the ratio of new to old. Exact while sets stay as they are; where they change, re-solve the levels. Checked against levels
 * computed twice in test/sourcing/suppliersModel.test.ts.
 */
import { ReshoreError } from '../../errors.js'

export interface HatFirm {
  /** s_n, share of the firm in sector revenue; shares add up to one. */
  readonly revenueShare: number
  /** ŵ, default 1, with the labour share γ_0. */
  readonly wageChange?: number
  readonly labourShare: number
  readonly industries: readonly {
    readonly costShare: number
    readonly shape: number
    /** χ_0k, χ_1k, …: in-house share first; they add up to one. */
    readonly shares: readonly number[]
    /** Φ̂ of the same sources. */
    readonly potentialChanges: readonly number[]
  }[]
}

export interface HatChanges {
  /** ĉ_n */
  readonly cost: readonly number[]
  /** r̂_n */
  readonly revenue: readonly number[]
  readonly priceIndex: number
  /** Θ̂ by firm and industry. */
  readonly capability: readonly (readonly number[])[]
}

/**
 * Returns relative changes of costs, revenues and the price index. Throws `ModelError` where shares do not add up to one.
 *
 * @param market σ > 1 and Ê, the change in sector expenditure (default 1)
 */
export function exactHatChanges(firms: readonly HatFirm[], market: { readonly demandElasticity: number; readonly expenditureChange?: number }): HatChanges {
  checkUnit(firms.map((firm) => firm.revenueShare), 'revenue shares of the firms')
  const capability = firms.map((firm, n) =>
    firm.industries.map(({ shares, potentialChanges }, k) => {
      checkUnit(shares, `sourcing shares of firm ${n}, industry ${k}`)
      return shares.reduce((sum, share, i) => sum + share * potentialChanges[i]!, 0)
    }),
  )
  const cost = firms.map((firm, n) =>
    firm.industries.reduce(
      (product, { costShare, shape }, k) => product * capability[n]![k]! ** (-costShare / shape),
      (firm.wageChange ?? 1) ** firm.labourShare,
    ),
  )
  const power = 1 - market.demandElasticity
  const priceIndex = firms.reduce((sum, firm, n) => sum + firm.revenueShare * cost[n]! ** power, 0) ** (1 / power)
  const revenue = cost.map((change) => (change / priceIndex) ** power * (market.expenditureChange ?? 1))
  return { cost, revenue, priceIndex, capability }
}

function checkUnit(shares: readonly number[], what: string): void {
  const total = shares.reduce((sum, share) => sum + share, 0)
  if (Math.abs(total - 1) <= 1e-9) return
  throw new ReshoreError('ModelError', `The ${what} add up to ${total}.`, 'Shares must add up to one; include the in-house share.')
}
