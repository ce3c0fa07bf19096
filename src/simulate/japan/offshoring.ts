/**
 * Foreign sourcing of the firms of the Basic Survey, decided before domestic suppliers are chosen: the regions of the world that
 * each firm buys each of its inputs from in both years, by the exact solver of `sourcing/suppliers`, given the in-house option.
 * Between the years potentials move by the export supply shocks of the world and scale by the firm's own shock; affinities and
 * fixed costs stay.
 */
import { randomStream, type RandomStream } from '../../numerics/index.js'
import { prepareIndustries, solveSuppliers } from '../../sourcing/suppliers/index.js'
import { foreign, industries, inHouse, slots, type Planted } from './parameters.js'
import type { Firms } from './population.js'
import { regionLevel, world, worldRegions } from './world.js'

export interface Offshoring {
  /** Row of a firm in `potential`, −1 for firms that cannot buy abroad. */
  readonly row: Int32Array
  /** Φ of the regions in use, rows × years × slots × regions of the world; 0 where a region is not used. */
  readonly potential: Float64Array
}

export const regionCount = worldRegions.length
const perYear = slots * regionCount

/** Returns the foreign sources of every firm. */
export function decideOffshoring(planted: Planted, firms: Firms, seed: number): Offshoring {
  const row = new Int32Array(firms.count).fill(-1)
  let rows = 0
  for (let n = 0; n < firms.before; n++) if (firms.surveyed[n] === 1) row[n] = rows++
  const potential = new Float64Array(rows * 2 * perYear)
  const stream = randomStream(seed, 'japan', 'offshoring')
  for (let n = 0; n < firms.before; n++) {
    if (row[n]! < 0) continue
    const options = drawOptions(planted, firms.industry[n]!, stream)
    for (let year = 0; year < 2; year++) {
      if (firms.present[2 * n + year] === 1) decide(planted, firms, n, year, options, potential.subarray((2 * row[n]! + year) * perYear))
    }
  }
  return { row, potential }
}

/** Θ of a firm and slot before domestic suppliers: in-house and foreign. */
export function baseCapability({ row, potential }: Offshoring, n: number, year: number, slot: number): number {
  if (row[n]! < 0) return inHouse
  let sum = inHouse
  const from = (2 * row[n]! + year) * perYear + slot * regionCount
  for (let r = from; r < from + regionCount; r++) sum += potential[r]!
  return sum
}

interface Options {
  /** Slots × regions, in 2005. */
  readonly logPotential: Float64Array
  readonly fixedCosts: Float64Array
}

function drawOptions({ inputs, foreignPenalty }: Planted, industry: number, stream: RandomStream): Options {
  const meanDifferentiation = inputs.reduce((sum, { differentiation }) => sum + differentiation, 0) / inputs.length
  const affinity = worldRegions.map(() => foreign.affinity * stream.normal())
  const logPotential = new Float64Array(perYear)
  const fixedCosts = new Float64Array(perYear)
  for (let slot = 0; slot < slots; slot++) {
    const { differentiation, exponent } = inputs[industries[industry]!.inputs[slot]!]!
    const penalty = foreignPenalty * (differentiation - meanDifferentiation)
    for (let region = 0; region < regionCount; region++) {
      logPotential[slot * regionCount + region] = regionLevel[region]! + affinity[region]! - penalty
      fixedCosts[slot * regionCount + region] = exponent * Math.exp(foreign.fixedLevel + foreign.fixedDeviation * stream.normal())
    }
  }
  return { logPotential, fixedCosts }
}

function decide(planted: Planted, firms: Firms, n: number, year: number, { logPotential, fixedCosts }: Options, used: Float64Array): void {
  const industry = firms.industry[n]!
  const { inputs } = planted
  const { shocks } = world(planted)
  const problem = industries[industry]!.inputs.map((k, slot) => {
    const at = slot * regionCount
    const shock = (region: number): number => (year === 0 ? 0 : shocks[(industry * slots + slot) * regionCount + region]!)
    const potential = worldRegions.map((_, region) => Math.exp(logPotential[at + region]! + shock(region)))
    return { exponent: inputs[k]!.exponent, base: inHouse, potential, fixedCosts: [...fixedCosts.subarray(at, at + regionCount)] }
  })
  const { sets } = solveSuppliers(Math.exp(firms.logScale[2 * n + year]!), prepareIndustries(problem))
  sets.forEach((set, slot) => {
    for (const region of set) used[slot * regionCount + region] = problem[slot]!.potential[region]!
  })
}
