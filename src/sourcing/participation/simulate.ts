/**
 * The panel forward: every unit solves its entry–exit problem at the neighbour count it saw last period (which it expects to last), draws
 * its choice, and next period's counts are made from the simulated choices, so that the spillover feeds back. The draw of unit i in
 * period t is the same number in every scenario with the same seed (common random numbers).
 *
 * Checked in test/sourcing/participation.test.ts: without spillovers the chain has prevalence p01/(1 − p11 + p01); a change of
 * nothing changes nothing.
 */
import { logistic } from '../../numerics/logistic.js'
import { randomStream } from '../../numerics/random.js'
import type { ParticipationCounts, ParticipationPlan, ParticipationProblem } from '../records.js'
import { stayLogits } from './bellman.js'

/**
 * Returns active units, shares, entries and exits by period, in total and by area, and durations of the spells that began.
 * `draws` (units × periods, unit-major) replaces the uniforms of the seed, for scenarios that reuse them.
 *
 * @example
 * const plan = simulateParticipation({ sunk: 3, fixed: 1, gain: 0.8, discount: 0.95, scale: 1, spillover: 0,
 *   units: { effect: [0, 0], area: [0, 0], initial: [0, 1] }, periods: 5, seed: 1 })
 */
export function simulateParticipation(problem: ParticipationProblem, draws = participationDraws(problem)): ParticipationPlan {
  const { units, periods, sunk, scale } = problem
  const count = units.area.length
  const areas = 1 + Array.from(units.area).reduce((largest, area) => Math.max(largest, area), -1)
  const tally: Tallies = {
    active: new Int32Array(areas * periods),
    entries: new Int32Array(areas * periods),
    exits: new Int32Array(areas * periods),
  }
  const spells: SpellSums = { began: 0, completed: 0, completedPeriods: 0, hazard: 0, atRisk: 0 }
  const state = Uint8Array.from(units.initial)
  const age = new Int32Array(count) // periods since a simulated entry; −1 for spells that began before
  const stay = stayLogits(problem)
  const logit = new Float64Array(count)
  const solved = new Float64Array(count).fill(NaN) // flow at which `logit` is the answer
  let neighbours = countByArea(state, units.area, areas)
  for (let i = 0; i < count; i++) if (state[i]) age[i] = -1
  for (let t = 0; t < periods; t++) {
    const next = new Int32Array(areas)
    for (let i = 0; i < count; i++) {
      const area = units.area[i]!
      const others = neighbours[area]! - state[i]!
      const flow = problem.gain - problem.fixed + units.effect[i]! + problem.spillover * others
      if (flow !== solved[i]) {
        logit[i] = stay(flow, logit[i])
        solved[i] = flow
      }
      const probability = logistic(state[i] ? logit[i]! : logit[i]! - sunk / scale)
      const active = draws[i * periods + t]! < probability ? 1 : 0
      if (state[i]) {
        spells.hazard += 1 - probability
        spells.atRisk++
      }
      if (active && !state[i]) {
        tally.entries[area * periods + t]!++
        spells.began++
        age[i] = 0
      } else if (!active && state[i]) {
        tally.exits[area * periods + t]!++
        if (age[i]! >= 0) {
          spells.completed++
          spells.completedPeriods += age[i]!
        }
      }
      if (active) {
        if (age[i]! >= 0) age[i]!++
        next[area]!++
      }
      state[i] = active
    }
    for (let area = 0; area < areas; area++) tally.active[area * periods + t] = next[area]!
    neighbours = next
  }
  return assemble(problem, tally, spells, areas)
}

/** Uniform draws, unit by unit: units × periods. */
export function participationDraws({ units, periods, seed }: ParticipationProblem): Float64Array {
  const stream = randomStream(seed, 'participation')
  return Float64Array.from({ length: units.area.length * periods }, () => stream.uniform())
}

/** Counts by area and period, area-major. */
interface Tallies {
  readonly active: Int32Array
  readonly entries: Int32Array
  readonly exits: Int32Array
}

interface SpellSums {
  began: number
  completed: number
  completedPeriods: number
  /** Sum of exit probabilities over active unit-periods, and their number. */
  hazard: number
  atRisk: number
}

function countByArea(state: Uint8Array, area: ArrayLike<number>, areas: number): Int32Array {
  const counts = new Int32Array(areas)
  state.forEach((active, i) => {
    counts[area[i]!]! += active
  })
  return counts
}

function assemble(problem: ParticipationProblem, tally: Tallies, spells: SpellSums, areas: number): ParticipationPlan {
  const { units, periods } = problem
  const sizes = countByArea(new Uint8Array(units.area.length).fill(1), units.area, areas)
  const ofArea = (counts: Int32Array, area: number): number[] => Array.from(counts.subarray(area * periods, (area + 1) * periods))
  const total = (counts: Int32Array): number[] =>
    Array.from({ length: periods }, (_, t) => sizes.reduce((sum, _size, area) => sum + counts[area * periods + t]!, 0))
  const counts = (pick: (counts: Int32Array) => number[], size: number): ParticipationCounts => {
    const active = pick(tally.active)
    return { active, share: active.map((n) => n / size), entries: pick(tally.entries), exits: pick(tally.exits) }
  }
  return {
    units: units.area.length,
    ...counts(total, units.area.length),
    areas: Array.from(sizes, (size, area) => ({ area, units: size, ...counts((all) => ofArea(all, area), size) })).filter((area) => area.units > 0),
    durations: {
      spells: spells.began,
      completed: spells.completed,
      meanCompleted: spells.completed > 0 ? spells.completedPeriods / spells.completed : null,
      expected: spells.hazard > 0 ? spells.atRisk / spells.hazard : null,
    },
  }
}
