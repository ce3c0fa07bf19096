/**
 * What the estimates say of two changes, by the condition under which a link is kept (docs/simulated-links.md), over joint draws of its coefficients:
 *
 * - without the growth of foreign export supply since the first year: foreign potential of an input moves by −ρ times the mean shock of where it
 *   comes from, so that Θ̂ = χ_dom + χ_for e^(−ρ shock) with the shares of the second year; revenue changes by Π Θ̂_k^(e_k), and what a
 *   domestic link of input k earns by Θ̂_k^(e_k − 1) Π_{l≠k} Θ̂_l^(e_l);
 * - where distance matters a tenth less: (η_k + ψ_k) falls by a tenth.
 *
 * A pair is linked with odds proportional to (what it earns)^(1/κ); links are rare, so that their number moves with the odds. Prices of
 * others and wages stay. An industry without an estimate has e = κ = 1 and does not react to distance.
 */
import { parameterDraws, summariseDraws, type DrawSummary, type JointEstimate } from 'reshore'
import { admissible, layoutOf, type Layout } from './joint.js'

export interface ScenarioInputs {
  readonly joint: JointEstimate
  /** Buyer × input industry, buyers one after the other. */
  readonly rows: {
    readonly buyer: Int32Array
    readonly industry: Int32Array
    readonly links: Float64Array
    /** Share of the input bought at home, and mean shock of its foreign sources. */
    readonly home: Float64Array
    readonly supply: Float64Array
    readonly sales: Float64Array
  }
  /** Links of the second year by input industry and ln distance. */
  readonly distances: { readonly industry: Int32Array; readonly logKm: Float64Array; readonly links: Float64Array }
  /** Names of the codes above. */
  readonly industries: readonly string[]
}

export interface Outcome {
  readonly label: string
  readonly base: number
  readonly scenario: number
  /** Of the change, over draws. */
  readonly change: DrawSummary
}

export interface Scenarios {
  readonly draws: { readonly asked: number; readonly kept: number }
  /** Null where the response of foreign potential has no estimate. */
  readonly supply: readonly Outcome[] | null
  readonly distance: readonly Outcome[]
}

/** Share by which distance matters less. */
export const distanceCut = 0.1
const bins: readonly (readonly [label: string, logEnd: number])[] = [
  ['0 to 5 km', Math.log(5)], ['5 to 25 km', Math.log(25)], ['25 to 125 km', Math.log(125)], ['125 to 625 km', Math.log(625)], ['beyond 625 km', Infinity],
]

/** Both scenarios at the estimates and over `draws` draws; draws with an e_k or 1/κ not above zero are discarded. */
export function scenariosOf(inputs: ScenarioInputs, draws: number, seed: number): Scenarios {
  const layout = layoutOf(inputs.joint, inputs.industries)
  const draw = parameterDraws(layout, seed)
  const kept = Array.from({ length: draws }, (_, index) => draw(index)).filter((at) => admissible(layout, at))
  const run = (of: (at: Float64Array) => readonly number[], labels: readonly string[], bases: readonly number[]): Outcome[] => {
    const point = of(layout.values)
    const drawn = kept.map(of)
    return labels.map((label, o) => {
      const change = summariseDraws(drawn.map((outcome) => outcome[o]! - bases[o]!))
      return { label, base: bases[o]!, scenario: point[o]!, change }
    })
  }
  const noResponse = layout.values.map((value, place) => (place === layout.response ? 0 : value))
  const supply = layout.response < 0 || kept.length === 0 ? null
    : run((at) => withoutSupply(inputs, layout, at), supplyLabels, withoutSupply(inputs, layout, noResponse))
  const distance = kept.length === 0 ? []
    : run((at) => nearer(inputs, layout, at, distanceCut), bins.map(([label]) => `Links, ${label}`), nearer(inputs, layout, layout.values, 0))
  return { draws: { asked: draws, kept: kept.length }, supply, distance }
}

const supplyLabels = ['Domestic links of surveyed buyers, inputs with e < 1', 'Domestic links of surveyed buyers, inputs with e > 1', 'Revenue of surveyed buyers, million yen']

/** Links by side of e_k = 1 and revenue, had exposure not grown; with a response of zero, as they are. */
function withoutSupply({ rows }: ScenarioInputs, layout: Layout, at: Float64Array): number[] {
  const { buyer, industry, links, home, supply, sales } = rows
  const coefficient = (places: Int32Array, row: number): number => (places[industry[row]!]! < 0 ? 1 : at[places[industry[row]!]!]!)
  const capability = (row: number): number => Math.log(home[row]! + (1 - home[row]!) * Math.exp(-at[layout.response]! * supply[row]!))
  const sides = [0, 0]
  let revenue = 0
  for (let from = 0, to = 0; from < buyer.length; from = to) {
    let growth = 0
    for (; to < buyer.length && buyer[to] === buyer[from]; to++) growth += coefficient(layout.exponent, to) * capability(to)
    for (let row = from; row < to; row++) {
      sides[isComplement(layout, industry[row]!) ? 1 : 0]! += links[row]! * Math.exp(coefficient(layout.size, row) * (growth - capability(row)))
    }
    revenue += sales[from]! * Math.exp(growth)
  }
  return [...sides, revenue]
}

/** By the estimate, whatever is drawn. */
function isComplement({ exponent, values }: Layout, industry: number): boolean {
  return exponent[industry]! >= 0 && values[exponent[industry]!]! > 1
}

/** Links by distance with (η + ψ) lower by a share. */
function nearer({ distances: { industry, logKm, links } }: ScenarioInputs, layout: Layout, at: Float64Array, cut: number): number[] {
  const sums = bins.map(() => 0)
  for (let row = 0; row < links.length; row++) {
    const place = layout.km[industry[row]!]!
    const slope = place < 0 ? 0 : at[place]!
    sums[bins.findIndex(([, end]) => logKm[row]! <= end)]! += links[row]! * Math.exp(-cut * slope * logKm[row]!)
  }
  return sums
}
