/** What `truth.json` says of simulated links: planted parameters, counts and what holds exactly. */
import type { JapanTruth, PlantedIndustry, ReportCounts } from '../records.js'
import type { Links } from './links.js'
import type { Offshoring } from './offshoring.js'
import {
  communicationElasticity, communicationLevel, costShare, fixedElasticity, foreign, potentialElasticity, scale, shippingElasticity, slots,
  supplierElasticity, supplierPotential, valueNoise, years, type Planted,
} from './parameters.js'
import type { Firms } from './population.js'
import { regionCount } from './offshoring.js'
import type { Reports } from './reports.js'

/** The planted elasticities by industry of intermediates. */
export function plantedIndustries(planted: Planted): readonly PlantedIndustry[] {
  return planted.inputs.map((input, k) => ({
    industry: input.code,
    exponent: input.exponent,
    potentialElasticity: potentialElasticity(planted, k),
    fixedElasticity: fixedElasticity(planted, k),
    shape: input.shape,
    differentiation: input.differentiation,
    costShare: costShare(planted, k),
    supplierElasticity: supplierElasticity(planted, k),
  }))
}

/** Planted parameters that are common to all industries, by name; ψ₀ was solved for the number of links. */
export function plantedParameters(planted: Planted, level: number): Readonly<Record<string, number>> {
  const { demandElasticity, fixedCost, noiseScale, renewal } = planted
  return {
    sigma: demandElasticity, delta: shippingElasticity, zeta: communicationElasticity, h_0: communicationLevel,
    psi_0: level, psi_1: fixedCost.distance, psi_2: fixedCost.differentiation, psi_3: fixedCost.interaction,
    kappa: noiseScale, renewal, supplier_potential: supplierPotential, scale_sd: scale.deviation, shock_sd: scale.shock,
    supply_response: foreign.response, value_noise_sd: valueNoise,
  }
}

export function countReports({ buyerRank, supplierRank }: Reports, year: number): ReportCounts {
  const counts = [0, 0, 0, 0]
  buyerRank.forEach((rank, link) => counts[(rank > 0 ? 1 : 0) + (supplierRank[link]! > 0 ? 2 : 0)]!++)
  const [lost, byBuyer, bySupplier, byBoth] = counts as [number, number, number, number]
  return { year: years[year]!, links: buyerRank.length, byBoth, byBuyer, bySupplier, lost }
}

/** Links of both years by what became of them; links of a buyer stand together. */
export function countChanges([before, after]: Links['years'], firms: number): JapanTruth['changes'] {
  const seen = new Int32Array(firms).fill(-1)
  let [kept, next] = [0, 0]
  for (let link = 0; link < before.buyer.length; ) {
    const buyer = before.buyer[link]!
    for (; link < before.buyer.length && before.buyer[link] === buyer; link++) seen[before.supplier[link]!] = buyer
    while (next < after.buyer.length && after.buyer[next]! < buyer) next++
    for (; next < after.buyer.length && after.buyer[next] === buyer; next++) if (seen[after.supplier[next]!] === buyer) kept++
  }
  return { continue: kept, add: after.buyer.length - kept, drop: before.buyer.length - kept }
}

/** Firms of the Basic Survey there in both years by foreign sourcing in the first and second. */
export function countOffshoring({ firms, offshoring }: { readonly firms: Firms; readonly offshoring: Offshoring }): JapanTruth['offshoring'] {
  const counts = [0, 0, 0, 0]
  for (let n = 0; n < firms.before; n++) {
    if (offshoring.row[n]! < 0 || firms.present[2 * n + 1] === 0) continue
    counts[Number(offshores(offshoring, n, 0)) + 2 * Number(offshores(offshoring, n, 1))]!++
  }
  const [never, stop, start, both] = counts as [number, number, number, number]
  return { never, start, stop, both }
}

/** Whether a firm buys any input abroad in a year (0 or 1). */
export function offshores({ row, potential }: Offshoring, n: number, year: number): boolean {
  if (row[n]! < 0) return false
  const from = (2 * row[n]! + year) * slots * regionCount
  return potential.subarray(from, from + slots * regionCount).some((value) => value > 0)
}

/** What holds where, in sentences. */
export function japanNotes(values: boolean): readonly string[] {
  return [
    'A pair of firms is linked with probability logistic(x/kappa), x = ln sales - ln Theta_k + ln e_k + ln Phi - ln f without noise, over Theta without the pair itself: exact up to the part of a supplier in Theta.',
    'ln Theta_k = -ln(domestic share of purchases) up to domestic suppliers, which are a small part of it.',
    'So the coefficient of ln(sales x domestic share) in a link logit is 1/kappa and that of ln distance -(eta_k + psi_k)/kappa; those of ln sales of the supplier are supplierElasticity/kappa.',
    'Distance is great circle between municipalities, (2/3) sqrt(area/pi) within one, at least 1 km.',
    'Changes of ln sales are the sum of e_k times changes of -ln domestic share, plus the change of scale, which is independent of export supply.',
    'Domestic purchases include what the firm makes itself, at cost; firms with fewer than 50 employees in 2005 do not trade.',
    'Foreign sources are chosen before domestic suppliers. The sets of each stage are exact optima.',
    ...(values ? ['A value is spending on the input times Phi/Theta times noise of mean one, drawn apart for either side.'] : []),
    'Dirt: self-link, duplicate-key, unknown-industry and absent-partner are added lines; full-width digits and missing municipalities stand in good lines.',
  ]
}
