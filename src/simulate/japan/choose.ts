/**
 * The suppliers a buyer takes among its candidates, exactly: S_1 … S_K that maximise A Π Θ_k^{e_k} − Σ f over given bases Θ.
 *
 * Bounds lower ⊆ S ⊆ upper are squeezed on typed arrays (methods of `sourcing/suppliers/squeeze.ts`): the least and the most a
 * candidate can add within the bounds come from the ends, (Θ + Φ)^e − Θ^e being monotone in Θ, and A_{−k} rising in every other Θ.
 * Suppliers are small beside the base, so the bounds meet nearly always; what stays open goes to `solveSuppliers`.
 */
import { prepareIndustries, solveSuppliers } from '../../sourcing/suppliers/index.js'

export interface Candidates {
  /** Candidates of slot k: [start[k], start[k + 1]). */
  readonly start: Int32Array
  readonly potential: Float64Array
  readonly cost: Float64Array
}

/**
 * Sets `taken` to 1 for the suppliers of the best plan and 0 for the other candidates, and `capability` to its Θ_k.
 *
 * @param bases Θ_k without domestic suppliers
 */
export function chooseSuppliers(
  scale: number, exponents: ArrayLike<number>, bases: ArrayLike<number>, candidates: Candidates, taken: Uint8Array, capability: Float64Array,
): void {
  const { start, potential, cost } = candidates
  const count = exponents.length
  const high = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    capability[k] = high[k] = bases[k]!
    for (let j = start[k]!; j < start[k + 1]!; j++) {
      high[k]! += potential[j]!
      taken[j] = undecided
    }
  }
  let open = start[count]!
  for (let moved = open > 0; moved; ) {
    moved = false
    for (let k = 0; k < count; k++) {
      const e = exponents[k]!
      const [least, most] = [othersGain(scale, exponents, capability, k), othersGain(scale, exponents, high, k)]
      for (let j = start[k]!; j < start[k + 1]!; j++) {
        if (taken[j] !== undecided) continue
        const first = (capability[k]! + potential[j]!) ** e - capability[k]! ** e
        const last = high[k]! ** e - (high[k]! - potential[j]!) ** e
        if (least * Math.min(first, last) > cost[j]!) {
          taken[j] = 1
          capability[k]! += potential[j]!
        } else if (most * Math.max(first, last) <= cost[j]!) {
          taken[j] = 0
          high[k]! -= potential[j]!
        } else continue
        moved = true
        open--
      }
    }
  }
  if (open > 0) solveRest(scale, exponents, candidates, taken, capability)
}

const undecided = 2

/** A_{−k}. */
function othersGain(scale: number, exponents: ArrayLike<number>, capability: Float64Array, k: number): number {
  let gain = scale
  for (let l = 0; l < exponents.length; l++) if (l !== k) gain *= capability[l]! ** exponents[l]!
  return gain
}

function solveRest(
  scale: number, exponents: ArrayLike<number>, { start, potential, cost }: Candidates, taken: Uint8Array, capability: Float64Array,
): void {
  const members = Array.from(exponents, (_, k) => {
    const range = Array.from({ length: start[k + 1]! - start[k]! }, (__, index) => start[k]! + index)
    return range.filter((j) => taken[j] === undecided)
  })
  const problem = members.map((open, k) => ({
    exponent: exponents[k]!, base: capability[k]!, potential: open.map((j) => potential[j]!), fixedCosts: open.map((j) => cost[j]!),
  }))
  const plan = solveSuppliers(scale, prepareIndustries(problem))
  members.forEach((open, k) => {
    for (const j of open) taken[j] = 0
    for (const place of plan.sets[k]!) taken[open[place]!] = 1
    capability[k] = plan.capability[k]!
  })
}
