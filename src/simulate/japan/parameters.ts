/**
 * Planted parameters of the simulated links: the multi-industry sourcing model with communication of Furusawa, Inui, Ito and
 * Tang (2019) as docs/simulated-links.md states it. Ten industries of intermediates, five on each side of e_k = 1, and twenty of
 * final goods; every industry buys from three industries of intermediates.
 *
 *     η_k = θ_k (δ + ζ β_k),   ψ_k = ψ_1 + ψ_3 β_k,   e_k = γ_k (σ − 1)/θ_k
 */

export const years = [2005, 2010] as const
/** Industries a firm buys from. */
export const slots = 3

export interface InputIndustry {
  readonly code: string
  readonly name: string
  /** e_k. */
  readonly exponent: number
  /** θ_k, Fréchet shape. */
  readonly shape: number
  /** β_k, differentiation. */
  readonly differentiation: number
}

/** Exponents and differentiation are unrelated on purpose: which side of one is not which goods are differentiated. */
const inputTable: readonly (readonly [string, string, number, number, number])[] = [
  ['C221', '鉄鋼素材', 0.3, 2.6, 0.3],
  ['C161', '化学原料', 0.4, 2.2, 1.0],
  ['C141', '紙・木材', 0.5, 2.4, 0.5],
  ['C111', '繊維素材', 0.6, 2.0, 1.2],
  ['C181', 'プラスチック部品', 0.7, 1.9, 0.7],
  ['C241', '金属部品', 1.3, 1.5, 0.4],
  ['C281', '電子部品', 1.4, 1.5, 1.1],
  ['C251', '機械部品', 1.5, 1.3, 0.6],
  ['C311', '輸送機部品', 1.6, 1.3, 0.9],
  ['C271', '精密部品', 1.35, 1.6, 0.8],
]

/** Industries of intermediates. */
export const inputCount = inputTable.length

/** What a setting may move; what every setting shares stands beside it in this file. */
export interface Planted {
  readonly inputs: readonly InputIndustry[]
  /** σ, elasticity of demand. */
  readonly demandElasticity: number
  /** ln f = ψ₀ + ψ₁ ln d + ψ₂ β + ψ₃ β ln d − κ ε, ε standard logistic, anew for every pair. ψ₀ is solved for the number of links. */
  readonly fixedCost: { readonly distance: number; readonly differentiation: number; readonly interaction: number }
  /** κ_ε. */
  readonly noiseScale: number
  /** Share of pairs of firms present in both years whose ε is drawn anew for the second. */
  readonly renewal: number
  /** What ln Φ of a foreign region falls by with β_k. */
  readonly foreignPenalty: number
}

export const baseline: Planted = {
  inputs: inputTable.map(([code, name, exponent, shape, differentiation]) => ({ code, name, exponent, shape, differentiation })),
  demandElasticity: 8,
  fixedCost: { distance: 0.35, differentiation: 0.2, interaction: 0.35 },
  noiseScale: 0.9,
  renewal: 0.25,
  foreignPenalty: 0.5,
}

const openingDifferentiation = [0.3, 0.4, 0.5, 0.6, 0.35, 1, 1.1, 1.2, 0.9, 1]

/**
 * Buyers that start to buy abroad open differentiated inputs nearby: these are the complements, the generic ones substitutes that
 * foreign regions are good at; distance weighs more on differentiated suppliers, and few pairs change by chance.
 */
const opening: Planted = {
  ...baseline,
  inputs: baseline.inputs.map((input, k) => ({ ...input, differentiation: openingDifferentiation[k]! })),
  fixedCost: { ...baseline.fixedCost, interaction: 1.5 },
  noiseScale: 1.3,
  renewal: 0.1,
  foreignPenalty: 3,
}

/** Sets of parameters: that of docs/recovery.md, and one in which adds of starters are nearer and more differentiated than incumbents. */
export const japanSettings = ['baseline', 'opening'] as const
export type JapanSetting = (typeof japanSettings)[number]

/** With one e for all inputs σ is higher, so that cost shares γ_k = e θ_k/(σ − 1) add up to less than one up to `largestExponent`. */
const commonDemandElasticity = 11
export const largestExponent = 1.5

/** Returns the parameters of a setting, with one `exponent` in place of every e_k where it is given. */
export function plantedBy(setting: JapanSetting, exponent?: number): Planted {
  const planted = { baseline, opening }[setting]
  if (exponent === undefined) return planted
  return { ...planted, demandElasticity: commonDemandElasticity, inputs: planted.inputs.map((input) => ({ ...input, exponent })) }
}

const finalNames = [
  '食料品', '飲料', '衣服', '家具', '印刷', '医薬品', '石油製品', 'ゴム製品', '窯業', '非鉄製品',
  '建設金物', '産業機械', '事務機械', '家電', '通信機器', '自動車', '造船', '玩具', '住宅建材', '包装資材',
]

export interface Industry {
  readonly code: string
  readonly name: string
  /** Indices of the industries it buys from, one a slot. */
  readonly inputs: readonly number[]
  /** Share of all firms. */
  readonly weight: number
}

/** The industries of intermediates first, in the order of `inputs`. */
export const industries: readonly Industry[] = [
  ...baseline.inputs.map(({ code, name }, g) => ({ code, name, inputs: inputsOf(g, 3, 7), weight: 0.05 })),
  ...finalNames.map((name, g) => ({
    code: `C${String(401 + 5 * g)}`, name, inputs: g < 10 ? inputsOf(g, 1, 5) : inputsOf(g, 2, 6), weight: 0.025,
  })),
]

function inputsOf(g: number, second: number, third: number): readonly number[] {
  return [g % 10, (g + second) % 10, (g + third) % 10]
}

/** Shipping t(d) = d^δ; burden of communication h(d) = h₀ d^ζ, above every β_k from one kilometre on. */
export const shippingElasticity = 0.15
export const communicationElasticity = 0.2
export const communicationLevel = 1.5

/** η_k, elasticity of a location's potential to distance. */
export function potentialElasticity({ inputs }: Planted, k: number): number {
  const { shape, differentiation } = inputs[k]!
  return shape * (shippingElasticity + communicationElasticity * differentiation)
}
/** ψ_k, elasticity of the fixed cost to distance. */
export const fixedElasticity = ({ inputs, fixedCost }: Planted, k: number): number =>
  fixedCost.distance + fixedCost.interaction * inputs[k]!.differentiation
/** γ_k = e_k θ_k/(σ − 1). */
export function costShare({ inputs, demandElasticity }: Planted, k: number): number {
  const { exponent, shape } = inputs[k]!
  return (exponent * shape) / (demandElasticity - 1)
}
/** Elasticity of a supplier's potential to its own sales: sales are unit cost to the power 1 − σ, potentials to the power −θ. */
export const supplierElasticity = ({ inputs, demandElasticity }: Planted, k: number): number => inputs[k]!.shape / (demandElasticity - 1)

/** In-house potential Φ₀, the unit of all potentials, and e_k times that of a domestic supplier of scale one, one kilometre away. */
export const inHouse = 1
export const supplierPotential = 1e-4

/** ln A in 2005 and its change: what every firm grows by and an own shock, independent of everything. */
export const scale = { deviation: 1, growth: 0, shock: 0.1 } as const
/** Million yen of r of a firm of scale one that makes everything itself: the median firm. */
export const medianSales = 150
export const surveyEmployees = 50

/** Foreign sourcing: firms of the Basic Survey may buy from five regions of the world. */
export const foreign = {
  /** ln Φ = level + affinity of firm and region − `foreignPenalty` (β_k − mean β) + response × export supply shock. */
  affinity: 0.7, response: 1,
  /** ln f = level + ln e_k + deviation × normal, the same in both years, for every firm, industry and region. */
  fixedLevel: 1.8, fixedDeviation: 0.8,
} as const

/** Noise of a reported value: mean one, independent of everything. */
export const valueNoise = 0.3
export const partnerCap = 24
/** Share of reports left out where the other side reports the link. */
export const silentReports = 0.12
