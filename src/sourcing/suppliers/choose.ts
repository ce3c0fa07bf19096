/**
 * The suppliers a buyer takes among many candidates, exactly: S_1 … S_K that maximise A Π Θ_k^{e_k} − Σ f over given bases Θ.
 *
 * Bounds lower ⊆ S ⊆ upper are squeezed on typed arrays (the method of `squeeze.ts`): the least and the most a candidate can add
 * within the bounds come from the ends, (Θ + Φ)^e − Θ^e being monotone in Θ, and A_{−k} rising in every other Θ. Where candidates
 * are small beside the base the bounds meet nearly always. A large one that stays open (a foreign source) keeps the bounds of all
 * others apart: it is tried both ways, the largest first, and each side squeezed again. What is open among small ones goes to
 * `solveSuppliers`. Checked against it in test/sourcing/chooseSuppliers.test.ts.
 */
import type { SupplierCandidates } from '../records.js'
import { prepareIndustries, solveSuppliers } from './solve.js'

/**
 * Sets `taken` to 1 for the suppliers of the best plan and 0 for the other candidates, and `capability` to its Θ_k. Ties go to plans
 * without the large candidate.
 *
 * @param bases Θ_k without domestic suppliers
 */
export function chooseSuppliers(
  scale: number, exponents: ArrayLike<number>, bases: ArrayLike<number>, candidates: SupplierCandidates, taken: Uint8Array, capability: Float64Array,
): void {
  const { start, potential } = candidates
  const count = exponents.length
  const high = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    capability[k] = high[k] = bases[k]!
    for (let j = start[k]!; j < start[k + 1]!; j++) {
      high[k]! += potential[j]!
      taken[j] = undecided
    }
  }
  const problem = { scale, exponents, candidates }
  const box = { taken, capability, high, open: start[count]! }
  squeezeBox(problem, box)
  if (box.open > 0) settle(problem, box)
}

const undecided = 2
/** Candidates above this share of the largest Θ_k are large; so many are tried both ways before the solver takes over. */
const large = 0.1
const deepest = 6

interface Problem {
  readonly scale: number
  readonly exponents: ArrayLike<number>
  readonly candidates: SupplierCandidates
}

/** Decisions, Θ_k of those taken (lower) and of all not refused (upper), and how many are undecided. */
interface Box {
  readonly taken: Uint8Array
  readonly capability: Float64Array
  readonly high: Float64Array
  open: number
}

/** Decides whatever the bounds decide. */
function squeezeBox({ scale, exponents, candidates: { start, potential, cost } }: Problem, box: Box): void {
  const { taken, capability, high } = box
  for (let moved = box.open > 0; moved; ) {
    moved = false
    for (let k = 0; k < exponents.length; k++) {
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
        box.open--
      }
    }
  }
}

/** A_{−k}. */
function othersGain(scale: number, exponents: ArrayLike<number>, capability: Float64Array, k: number): number {
  let gain = scale
  for (let l = 0; l < exponents.length; l++) if (l !== k) gain *= capability[l]! ** exponents[l]!
  return gain
}

/** Decides the rest of a squeezed box by trying large candidates both ways; the better side is left in it. */
function settle(problem: Problem, box: Box, depth = 0): void {
  const { potential } = problem.candidates
  const [item, k] = largestOpen(problem, box)
  if (depth === deepest || potential[item]! <= large * box.high[k]!) return solveRest(problem, box)
  const [without, within] = [copyOf(box), copyOf(box)]
  without.taken[item] = 0
  without.high[k]! -= potential[item]!
  within.taken[item] = 1
  within.capability[k]! += potential[item]!
  for (const side of [without, within]) {
    side.open--
    squeezeBox(problem, side)
  }
  if (without.open > 0) settle(problem, without, depth + 1)
  const profit = profitAt(problem, without.capability, without.taken)
  // What the other side could earn at most: everything open for nothing.
  if (profitAt(problem, within.high, within.taken) > profit) {
    if (within.open > 0) settle(problem, within, depth + 1)
    if (profitAt(problem, within.capability, within.taken) > profit) return overwrite(box, within)
  }
  overwrite(box, without)
}

function largestOpen({ exponents, candidates: { start, potential } }: Problem, { taken }: Box): readonly [item: number, k: number] {
  let [item, industry] = [-1, -1]
  for (let k = 0; k < exponents.length; k++) {
    for (let j = start[k]!; j < start[k + 1]!; j++) {
      if (taken[j] === undecided && (item < 0 || potential[j]! > potential[item]!)) [item, industry] = [j, k]
    }
  }
  return [item, industry]
}

const copyOf = ({ taken, capability, high, open }: Box): Box => ({ taken: taken.slice(), capability: capability.slice(), high: high.slice(), open })

function overwrite(box: Box, { taken, capability }: Box): void {
  box.taken.set(taken)
  box.capability.set(capability)
  box.open = 0
}

function profitAt({ scale, exponents, candidates: { start, cost } }: Problem, capability: Float64Array, taken: Uint8Array): number {
  let profit = scale
  for (let k = 0; k < exponents.length; k++) profit *= capability[k]! ** exponents[k]!
  for (let j = 0; j < start[exponents.length]!; j++) if (taken[j] === 1) profit -= cost[j]!
  return profit
}

function solveRest({ scale, exponents, candidates: { start, potential, cost } }: Problem, box: Box): void {
  const { taken, capability } = box
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
  box.open = 0
}
