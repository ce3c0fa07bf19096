/**
 * The exogenous half of the survey: who the firms are, where they sit, what their covariates are in each year 2005-2012 and in
 * which years they answer. Nothing here depends on offshoring.
 *
 * Covariates follow a firm level plus a stationary first-order autoregression (ρ = .7). Those only the exit hazard knows
 * (foreign share, profits, ROI, wage per employee) are drawn afresh every year and from everything else apart: survivors are
 * then not selected on them, which is what lets Table 2 and Table 3 hold in one panel (see `exits.ts`). Every covariate is
 * rounded to what the raw file can show before anything uses it.
 */
import { randomStream, type RandomStream } from '../../numerics/random.js'
import { publishedFirms, publishedRows, yearCount } from './parameters.js'
import { labourAreas, provinces, type LabourArea } from './territory.js'

/** Arrays by firm, and by firm-year at `firm * yearCount + (year − 2005)`. */
export interface Population {
  readonly firms: number
  /** 0 clothing, 1 footwear. */
  readonly sector: Uint8Array
  /** Index in `labourAreas`. */
  readonly area: Uint16Array
  /** Index in `provinces`. */
  readonly province: Uint8Array
  readonly district: Uint8Array
  readonly supplier: Uint8Array
  /** 1 where the firm answers the survey. */
  readonly observed: Uint8Array
  readonly employees: Int32Array
  /** EUR. */
  readonly valueAdded: Float64Array
  /** Of sales, 0 to 1, three decimals. */
  readonly exportShare: Float64Array
  /** 1 local to 5 world. */
  readonly marketExtension: Uint8Array
  readonly credit: Uint8Array
  /** EUR. */
  readonly wageBill: Float64Array
  readonly profitable: Uint8Array
  /** Percent, one decimal. */
  readonly roi: Float64Array
  /** Foreign part of subcontracting cost if the firm is active, 0 to 1. */
  readonly foreignShare: Float64Array
}

/** Draws that only the exit hazard uses, from four uniforms; closed inverses, so that a lattice of uniforms integrates over them. */
export interface ExitDraw {
  readonly foreignShare: number
  readonly profitable: boolean
  readonly roi: number
  /** Thousand EUR. */
  readonly wagePerEmployee: number
}

const footwearShare = 0.45
const persistence = 0.7
const profitableShare = 0.72
/** By sector: Beta(a, 1) with the means .678 and .515 that the published costs imply. */
const foreignShareShape = [2.106, 1.064] as const
const districtShare = [0.23, 0.485] as const
const employeesMedian = [7.1, 8.7] as const
const exportLevel = [0.018, 0.225] as const

/** The exit-only covariates of a firm-year of `sector` at four uniforms in (0, 1). */
export function exitDraw(sector: number, uniforms: readonly [number, number, number, number]): ExitDraw {
  const [share, profit, size, wage] = uniforms
  const profitable = profit < profitableShare
  const magnitude = -Math.log(size)
  return {
    foreignShare: share ** (1 / foreignShareShape[sector]!),
    profitable,
    roi: Math.round(10 * (profitable ? 9 : -7) * magnitude) / 10,
    wagePerEmployee: 20 * (wage / (1 - wage)) ** 0.1,
  }
}

/** A population of `firms`, the same for the same seed whatever else is asked of the survey. */
export function drawPopulation(firms: number, seed: number, label = 'survey'): Population {
  const cells = firms * yearCount
  const population: Population = {
    firms,
    sector: new Uint8Array(firms), area: new Uint16Array(firms), province: new Uint8Array(firms),
    district: new Uint8Array(firms), supplier: new Uint8Array(firms),
    observed: drawPresence(firms, randomStream(seed, label, 'presence')),
    employees: new Int32Array(cells), valueAdded: new Float64Array(cells), exportShare: new Float64Array(cells),
    marketExtension: new Uint8Array(cells), credit: new Uint8Array(cells), wageBill: new Float64Array(cells),
    profitable: new Uint8Array(cells), roi: new Float64Array(cells), foreignShare: new Float64Array(cells),
  }
  const places = placeSampler()
  for (let firm = 0; firm < firms; firm++) drawFirm(population, firm, places, randomStream(seed, label, 'firm', firm))
  return population
}

function drawFirm(population: Population, firm: number, places: PlaceSampler, stream: RandomStream): void {
  const sector = stream.uniform() < footwearShare ? 1 : 0
  const place = places(sector, stream)
  population.sector[firm] = sector
  population.area[firm] = place.area
  population.province[firm] = place.province
  population.district[firm] = place.district ? 1 : 0
  population.supplier[firm] = stream.uniform() < 0.3 ? 1 : 0

  const size = path(stream, 0.7, 0.12)
  const openness = path(stream, 0.9, 0.45)
  const productivity = path(stream, 0.3, 0.2)
  const standing = path(stream, 0.8, 0.6)
  for (let year = 0; year < yearCount; year++) {
    const at = firm * yearCount + year
    const employees = clamp(Math.round(employeesMedian[sector]! * Math.exp(size[year]!)), 1, 120)
    population.employees[at] = employees
    population.valueAdded[at] = Math.min(5e6, Math.round(30000 * Math.exp(productivity[year]!) * employees))
    population.exportShare[at] = Math.round(1000 * clamp(exportLevel[sector]! + 0.24 * openness[year]!, 0, 0.98)) / 1000
    population.marketExtension[at] = clamp(Math.round(2.8 + openness[year]! + 0.4 * stream.normal()), 1, 5)
    population.credit[at] = standing[year]! > -0.15 ? 1 : 0
    const draw = exitDraw(sector, [stream.uniform(), stream.uniform(), stream.uniform(), stream.uniform()])
    population.foreignShare[at] = draw.foreignShare
    population.profitable[at] = draw.profitable ? 1 : 0
    population.roi[at] = draw.roi
    population.wageBill[at] = Math.round(1000 * draw.wagePerEmployee * employees)
  }
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** A firm level with standard deviation `between` and a stationary autoregression around it with standard deviation `within`. */
function path(stream: RandomStream, between: number, within: number): Float64Array {
  const level = between * stream.normal()
  const innovation = Math.sqrt(1 - persistence ** 2)
  const values = new Float64Array(yearCount)
  let deviation = stream.normal()
  for (let year = 0; year < yearCount; year++) {
    values[year] = level + within * deviation
    deviation = persistence * deviation + innovation * stream.normal()
  }
  return values
}

interface Place {
  /** Indices in `labourAreas` and `provinces`. */
  readonly area: number
  readonly province: number
  readonly district: boolean
}

type PlaceSampler = (sector: number, stream: RandomStream) => Place

/** Draws a labour area: a district of the sector with its share, any other area in proportion to its weight otherwise. */
function placeSampler(): PlaceSampler {
  const provinceOf = labourAreas.map((area) => provinces.findIndex((province) => province.code === area.province))
  const weigh = (keep: (area: LabourArea) => boolean): Float64Array => {
    let total = 0
    return Float64Array.from(labourAreas, (area) => (total += keep(area) ? area.weight : 0))
  }
  const elsewhere = weigh((area) => area.district === null)
  const districts = [weigh((area) => area.district === 'clothing'), weigh((area) => area.district === 'footwear')]
  return (sector, stream) => {
    const district = stream.uniform() < districtShare[sector]!
    const cumulative = district ? districts[sector]! : elsewhere
    const target = stream.uniform() * cumulative.at(-1)!
    const area = cumulative.findIndex((weight) => weight > target)
    return { area, province: provinceOf[area]!, district }
  }
}

/**
 * Who answers when. Rows of the outcome equation (a year whose year before is there too) come to exactly the published share,
 * 117,505 of 7 × 17,338: a few firms skip one year between (which costs two rows), the others that are missing leave for good.
 */
function drawPresence(firms: number, stream: RandomStream): Uint8Array {
  const equations = yearCount - 1
  const observed = new Uint8Array(firms * yearCount).fill(1)
  let surplus = equations * firms - Math.round((equations * firms * publishedRows) / (equations * publishedFirms))
  const order = shuffled(firms, stream)
  const gaps = Math.min(Math.max(3, Math.round(firms / 1000)), Math.floor(surplus / 2))
  for (let rank = 0; rank < order.length && surplus > 0; rank++) {
    const start = order[rank]! * yearCount
    if (rank < gaps) {
      observed[start + 2 + stream.integer(equations - 2)] = 0
      surplus -= 2
    } else {
      const lost = Math.min(surplus, 1 + stream.integer(equations - 1))
      observed.fill(0, start + yearCount - lost, start + yearCount)
      surplus -= lost
    }
  }
  return observed
}

function shuffled(length: number, stream: RandomStream): Int32Array {
  const order = Int32Array.from({ length }, (_, index) => index)
  for (let last = length - 1; last > 0; last--) {
    const other = stream.integer(last + 1)
    const kept = order[last]!
    order[last] = order[other]!
    order[other] = kept
  }
  return order
}
