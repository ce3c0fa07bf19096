/**
 * Firms of both years: place, industry, scale A, employees, founding; births and deaths between the years. Firms of 2005 come
 * first, then the births. A firm with fifty employees at the start is in the Basic Survey and may buy abroad; employment grows
 * apart from sales, so that nobody leaves the survey because of a bad year.
 */
import { randomStream, type RandomStream } from '../../numerics/index.js'
import { gazetteer } from './gazetteer.js'
import { industries, scale, surveyEmployees } from './parameters.js'

export interface Firms {
  readonly count: number
  /** Firms of 2005: the first ones. */
  readonly before: number
  readonly municipality: Uint16Array
  readonly industry: Uint8Array
  /** ln A, firms × years. */
  readonly logScale: Float64Array
  readonly employees: Int32Array
  readonly founded: Uint16Array
  /** 1 where the firm is there, firms × years. */
  readonly present: Uint8Array
  /** 1 where the firm is in the Basic Survey of the years it is there in. */
  readonly surveyed: Uint8Array
}

/** Births until 2010 for every firm of 2005. */
const birthRate = 0.14

/** Returns `count` firms of 2005 and the births until 2010. */
export function drawFirms(count: number, seed: number): Firms {
  const all = count + Math.round(birthRate * count)
  const firms: Firms = {
    count: all,
    before: count,
    municipality: new Uint16Array(all),
    industry: new Uint8Array(all),
    logScale: new Float64Array(2 * all),
    employees: new Int32Array(2 * all),
    founded: new Uint16Array(all),
    present: new Uint8Array(2 * all),
    surveyed: new Uint8Array(all),
  }
  const place = picker(gazetteer().municipalities.map(({ weight }) => weight))
  const trade = picker(industries.map(({ weight }) => weight))
  const stream = randomStream(seed, 'japan', 'firms')
  for (let n = 0; n < all; n++) {
    const old = n < count
    firms.municipality[n] = place(stream)
    firms.industry[n] = trade(stream)
    firms.founded[n] = old ? 2004 - Math.min(100, Math.floor(20 * stream.exponential())) : 2005 + stream.integer(5)
    drawSize(firms, n, stream)
    firms.present[2 * n] = old ? 1 : 0
    firms.present[2 * n + 1] = old && stream.uniform() < exitProbability(firms.logScale[2 * n]!) ? 0 : 1
  }
  return firms
}

function drawSize({ logScale, employees, surveyed }: Firms, n: number, stream: RandomStream): void {
  logScale[2 * n] = scale.deviation * stream.normal()
  logScale[2 * n + 1] = logScale[2 * n]! + scale.growth + scale.shock * stream.normal()
  const size = 17 * Math.exp(0.9 * logScale[2 * n]! + 0.25 * stream.normal())
  surveyed[n] = Math.round(size) >= surveyEmployees ? 1 : 0
  const least = surveyed[n] === 1 ? surveyEmployees : 1
  employees[2 * n] = Math.max(least, Math.round(size))
  employees[2 * n + 1] = Math.max(least, Math.round(size * Math.exp(0.01 + 0.05 * stream.normal())))
}

/** In five years: one in seven at the median, fewer of large firms. */
function exitProbability(logScale: number): number {
  return Math.min(0.4, 0.14 * Math.exp(-0.3 * logScale))
}

/** Draws indices with probabilities in proportion to `weights`. */
function picker(weights: readonly number[]): (stream: RandomStream) => number {
  const sums = new Float64Array(weights.length)
  weights.reduce((sum, weight, index) => (sums[index] = sum + weight), 0)
  return (stream) => Math.min(weights.length - 1, firstAbove(sums, stream.uniform() * sums[weights.length - 1]!, 0, weights.length))
}

/** Returns the first index in [from, to) whose running sum exceeds `value`; `to` where none does. */
export function firstAbove(sums: Float64Array, value: number, from: number, to: number): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sums[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}
