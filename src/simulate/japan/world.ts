/**
 * The world outside: countries in broad regions, products of the input industries, exports of every country and product to the
 * world and to Japan in both years, and imports of Japan before. The export supply of a country and product grows by an own
 * shock; sales to Japan also follow Japanese demand. The same for every seed.
 *
 * A firm of industry g meets the growth of region R in input industry k through its own products:
 *
 *     Δ ln T_gRk = response × Σ_{p∈k} (ω_gp/ω_gk) Σ_{c∈R} (m_cp/m_Rp) Δ ln X_cp
 *
 * with ω the import use of products by industries and m the imports before: the shares of the shift-share instrument.
 */
import { randomStream } from '../../numerics/index.js'
import { costShare, foreign, industries, slots, type Planted } from './parameters.js'

/** Regions of the world; no country of the last one is known, so that shares are incomplete. */
export const worldRegions = ['asia', 'europe', 'north_america', 'latin_america', 'other'] as const
/** Mean of ln Φ of the regions, for firms that may buy abroad. */
export const regionLevel = [-1.6, -2.2, -2.3, -2.8, -3] as const

export interface Country {
  readonly code: string
  /** Index into `worldRegions`. */
  readonly region: number
  readonly latitude: number
  readonly longitude: number
  readonly size: number
}

const countryTable: readonly (readonly [string, number, number, number, number])[] = [
  ['CHN', 0, 31.23, 121.47, 6], ['KOR', 0, 37.57, 126.98, 3], ['TWN', 0, 25.03, 121.57, 2], ['THA', 0, 13.76, 100.5, 1.5],
  ['VNM', 0, 10.82, 106.63, 0.8], ['IDN', 0, -6.21, 106.85, 1], ['MYS', 0, 3.14, 101.69, 1],
  ['DEU', 1, 50.11, 8.68, 4], ['FRA', 1, 48.86, 2.35, 2.5], ['GBR', 1, 51.51, -0.13, 2], ['ITA', 1, 45.46, 9.19, 2],
  ['USA', 2, 34.05, -118.24, 6], ['CAN', 2, 43.65, -79.38, 2],
  ['MEX', 3, 19.43, -99.13, 2], ['BRA', 3, -23.55, -46.63, 2], ['CHL', 3, -33.45, -70.67, 1],
]

export const countries: readonly Country[] = countryTable.map(([code, region, latitude, longitude, size]) =>
  ({ code, region, latitude, longitude, size }))

const productsPerInput = 4

export interface Product {
  /** SITC-4, text: some begin with 0. */
  readonly code: string
  readonly input: number
  readonly weight: number
  readonly conservative: RauchClass
  readonly liberal: RauchClass
}

/** Rauch (1999): differentiated, reference-priced, on an exchange. */
export type RauchClass = 'n' | 'r' | 'w'

export interface World {
  readonly products: readonly Product[]
  /** m_cp, countries × products. */
  readonly baseImports: Float64Array
  /** Exports to the world but Japan, and to Japan: year × country × product. */
  readonly exports: Float64Array
  readonly toJapan: Float64Array
  /** ω_gp, industries × products; rows add up to less than one. */
  readonly importUse: Float64Array
  /** Δ ln T_gRk: industries × slots × regions of the world. */
  readonly shocks: Float64Array
}

/** Share of an industry's import use that is spread over the products. */
const coveredUse = 0.9

const made = new WeakMap<Planted, World>()

/** Returns the world, made once. */
export function world(planted: Planted): World {
  const known = made.get(planted) ?? makeWorld(planted)
  made.set(planted, known)
  return known
}

function makeWorld(planted: Planted): World {
  const products = planted.inputs.flatMap((_, k) => productsOf(planted, k))
  const importUse = drawImportUse(planted, products)
  const cells = countries.length * products.length
  const stream = randomStream(600, 'world')
  const baseImports = new Float64Array(cells)
  const exports = new Float64Array(2 * cells)
  const toJapan = new Float64Array(2 * cells)
  for (let cell = 0; cell < cells; cell++) {
    const { size } = countries[Math.floor(cell / products.length)]!
    const before = 1000 * size * Math.exp(stream.normal())
    exports[cell] = rounded(before)
    exports[cells + cell] = rounded(before * Math.exp(1.1 * stream.normal()))
    toJapan[cell] = rounded(0.1 * before * Math.exp(0.5 * stream.normal()))
    toJapan[cells + cell] = rounded(toJapan[cell]! * (exports[cells + cell]! / exports[cell]!) * Math.exp(0.1 + 0.4 * stream.normal()))
    baseImports[cell] = toJapan[cell]!
  }
  return { products, importUse, baseImports, exports, toJapan, shocks: supplyShocks(products, importUse, baseImports, exports) }
}

/** Of the products of a differentiated industry more are of class n. */
function productsOf({ inputs }: Planted, k: number): Product[] {
  const stream = randomStream(600, 'products', k)
  return Array.from({ length: productsPerInput }, (_, p) => {
    const u = stream.uniform()
    const differentiated = inputs[k]!.differentiation / 1.3
    const conservative: RauchClass = u < differentiated ? 'n' : u < differentiated + 0.3 ? 'r' : 'w'
    const liberal: RauchClass = u < differentiated - 0.1 ? 'n' : u < differentiated + 0.15 ? 'r' : 'w'
    return { code: String(300 + 911 * k + 37 * p).padStart(4, '0'), input: k, weight: rounded(Math.exp(0.6 * stream.normal())), conservative, liberal }
  })
}

function drawImportUse(planted: Planted, products: readonly Product[]): Float64Array {
  const use = new Float64Array(industries.length * products.length)
  industries.forEach(({ inputs: bought }, g) => {
    const stream = randomStream(600, 'import use', g)
    const all = bought.reduce((sum, k) => sum + costShare(planted, k), 0)
    for (const k of bought) {
      const draws = Array.from({ length: productsPerInput }, () => stream.exponential())
      const sum = draws.reduce((a, b) => a + b, 0)
      draws.forEach((draw, p) => {
        use[g * products.length + k * productsPerInput + p] = rounded((coveredUse * costShare(planted, k) * draw) / (all * sum), 6)
      })
    }
  })
  return use
}

function supplyShocks(products: readonly Product[], use: Float64Array, imports: Float64Array, exports: Float64Array): Float64Array {
  const count = products.length
  const cells = countries.length * count
  const regional = (p: number, region: number): number => {
    let [sum, weighted] = [0, 0]
    countries.forEach((country, c) => {
      if (country.region !== region) return
      sum += imports[c * count + p]!
      weighted += imports[c * count + p]! * Math.log(exports[cells + c * count + p]! / exports[c * count + p]!)
    })
    return sum === 0 ? 0 : weighted / sum
  }
  const shocks = new Float64Array(industries.length * slots * worldRegions.length)
  industries.forEach(({ inputs: bought }, g) => {
    bought.forEach((k, slot) => {
      const own = Array.from({ length: productsPerInput }, (_, p) => k * productsPerInput + p)
      const total = own.reduce((sum, p) => sum + use[g * count + p]!, 0)
      worldRegions.forEach((_, region) => {
        const growth = own.reduce((sum, p) => sum + (use[g * count + p]! / total) * regional(p, region), 0)
        shocks[(g * slots + slot) * worldRegions.length + region] = foreign.response * growth
      })
    })
  })
  return shocks
}

function rounded(value: number, decimals = 3): number {
  return Number(value.toFixed(decimals))
}
