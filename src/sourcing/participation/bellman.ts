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
export function stayLogit(flow: number, primitives: EntryExitPrimitives, start = 0): number {
  return stayLogits(primitives)(flow, start)
}

/** Below this step Newton's next error, which is of the order of its square, is rounding. */
const lastStep = 1e-9
/** Exponents up to this size cannot overflow in products. */
const safeExponent = 300

/**
 * `stayLogit` for many firms that share sunk cost, discount factor and scale. With w = e^{L₁ − s/κ} and q = w (e^{s/κ} − 1)/(1 + w) the value of
 * being in is D/κ = ln(1 + q), and its slope in L₁ is q/[(1 + w)(1 + q)]: one exponential and one logarithm an iteration.
 */
export function stayLogits({ sunk, discount, scale }: EntryExitPrimitives): (flow: number, start?: number) => number {
  const gap = sunk / scale
  const gapLess1 = Math.expm1(gap)
  return (flow, start = 0) => {
    const target = flow / scale
    // D/κ lies between 0 and s/κ, so L₁ lies within B s/κ of the myopic logit.
    let low = target - 1e-9 * (1 + Math.abs(target))
    let high = target + discount * gap + 1e-9 * (1 + Math.abs(target) + gap)
    let logit = start > low && start < high ? start : low + 0.5 * (high - low)
    for (let iteration = 0; iteration < 100; iteration++) {
      let value: number
      let share: number
      if (gap < safeExponent && logit - gap < safeExponent) {
        const odds = Math.exp(logit - gap)
        const ratio = (odds * gapLess1) / (1 + odds)
        value = Math.log1p(ratio)
        share = ratio / ((1 + odds) * (1 + ratio))
      } else {
        value = log1pExp(logit) - log1pExp(logit - gap)
        share = logistic(logit) - logistic(logit - gap)
      }
      const excess = logit - discount * value - target
      const newton = logit - excess / (1 - discount * share)
      if (Math.abs(newton - logit) <= lastStep * (1 + Math.abs(logit))) return newton
      if (excess > 0) high = logit
      else low = logit
      logit = newton > low && newton < high ? newton : low + 0.5 * (high - low)
    }
    return logit
  }
}
