/**
 * The firm's choice to offshore or not, with sunk entry costs. In each period a firm that participates earns m = π − f + u + spillover,
 * entering costs s, the discount factor is B and the two options carry logistic shocks of scale κ. With D = V₁ − V₀:
 *
 *     L₁ = (m + B D)/κ          logit of staying
 *     L₀ = (m − s + B D)/κ      logit of entering,            L₁ − L₀ = s/κ
 *     D  = κ { ln(1 + e^{L₁}) − ln(1 + e^{L₀}) }
 *
 * An exit cost paid is added to s and its interest (1 − B) x to m, which leaves both logits unchanged; so s here is the identified sum.
 * Given L₁ the flow m = κ L₁ − B D(L₁) is explicit and strictly increasing, so one safeguarded Newton iteration in L₁ solves the Bellman
 * equation to machine precision.
 *
 * Sources: Dixit (1989), Rust (1987). Checked against value iteration in test/sourcing/participation.test.ts.
 */
import { log1pExp, logistic } from '../../numerics/logistic.js'

export interface EntryExitPrimitives {
  /** s, entry cost (with the exit cost added), money. */
  readonly sunk: number
  /** B in (0, 1). */
  readonly discount: number
  /** κ > 0, money. */
  readonly scale: number
}

/**
 * Returns L₁, the logit of staying, of a firm with flow gain `flow` that it expects to last; the logit of entering is L₁ − s/κ.
 * `start` is a first guess (the logit of the same firm a period before saves iterations).
 *
 * @example
 * const stay = stayLogit(-2, { sunk: 10, discount: 0.95, scale: 4 })
 */
export function stayLogit(flow: number, { sunk, discount, scale }: EntryExitPrimitives, start = 0): number {
  const gap = sunk / scale
  const target = flow / scale
  // D/κ lies between 0 and s/κ, so L₁ lies within B s/κ of the myopic logit.
  let low = target - 1e-9 * (1 + Math.abs(target))
  let high = target + discount * gap + 1e-9 * (1 + Math.abs(target) + gap)
  const rounding = 1e-15 * (1 + Math.abs(target) + gap)
  let logit = start > low && start < high ? start : low + 0.5 * (high - low)
  for (let iteration = 0; iteration < 100; iteration++) {
    const excess = logit - discount * (log1pExp(logit) - log1pExp(logit - gap)) - target
    const slope = 1 - discount * (logistic(logit) - logistic(logit - gap))
    const newton = logit - excess / slope
    if (Math.abs(excess) <= rounding) return newton
    if (excess > 0) high = logit
    else low = logit
    const next = newton > low && newton < high ? newton : low + 0.5 * (high - low)
    if (next === logit) return next
    logit = next
  }
  return logit
}
