/**
 * Supplier sets in bulk: 67 countries × 1,000 firms, complements (e = 1.59, as Antràs, Fort and Tintelnot 2017 estimate) and substitutes
 * (e = .7), beside the generic squeeze on the same firms as baseline; then the fixed costs of many industries. One thread.
 */
import { cpus } from 'node:os'
import { randomStream } from '../../src/numerics/random.js'
import { squeeze, supplierFirms } from '../../src/sourcing/suppliers/index.js'
import { median, printTable } from './table.js'

const COUNTRIES = 67
const FIRMS = 1000
const RUNS = 7
/** The generic squeeze is slower: it solves this many of the firms and is scaled up. */
const BASELINE_FIRMS = 20

export function run(): void {
  console.log(`\nSupplier sets, ${COUNTRIES} countries × ${FIRMS.toLocaleString('en')} firms, one thread of ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`)
  const rows = [
    compare('complements', 1.59, 0.05),
    compare('substitutes', 0.7, 0.2),
    ['three industries (e = 1.3, .7, .9)', seconds(() => supplierFirms([industry(1.3), industry(0.7), industry(0.9)], scales())).toFixed(4), '', '', ''],
  ]
  printTable(`median of ${RUNS} warm runs, seconds`, ['sources are', 'ours', 'bound', 'generic squeeze', 'ratio'], rows)
}

function compare(structure: 'complements' | 'substitutes', exponent: number, bound: number): string[] {
  const one = industry(exponent)
  const firms = scales()
  const ours = seconds(() => supplierFirms([one], firms))
  const some = Array.from({ length: BASELINE_FIRMS }, (_, n) => Math.floor(((n + 0.5) * FIRMS) / BASELINE_FIRMS))
  const plans = supplierFirms([one], firms)
  const started = performance.now()
  for (const firm of some) {
    const profit = (set: Uint8Array): number => {
      let capability = one.base
      let cost = 0
      for (let i = 0; i < COUNTRIES; i++) {
        if (set[i] === 0) continue
        capability += one.potential[i]!
        cost += one.fixedCosts[i]!
      }
      return firms[firm]! * capability ** exponent - cost
    }
    const found = squeeze({ items: COUNTRIES, structure, profit })
    if (Math.abs(found.profit - plans.profit[firm]!) > 1e-9 * (1 + Math.abs(found.profit))) throw new Error(`firm ${firm}: ${found.profit} and ${plans.profit[firm]} differ`)
  }
  const generic = ((performance.now() - started) / 1000) * (FIRMS / BASELINE_FIRMS)
  return [`${structure} (e = ${exponent})`, ours.toFixed(4), `< ${bound}`, generic.toFixed(1), (generic / ours).toFixed(0)]
}

function seconds(work: () => unknown): number {
  work()
  return median(Array.from({ length: RUNS }, () => {
    const started = performance.now()
    work()
    return (performance.now() - started) / 1000
  }))
}

function industry(exponent: number) {
  const stream = randomStream(1, 'suppliers bench', exponent)
  return {
    exponent,
    base: 1,
    potential: Array.from({ length: COUNTRIES }, () => 0.2 * stream.frechet(1.8)),
    fixedCosts: Array.from({ length: COUNTRIES }, () => 0.5 * Math.exp(stream.normal())),
  }
}

/** Pareto scales, so that most firms source little and a few almost everywhere. */
function scales(): Float64Array {
  const stream = randomStream(1, 'suppliers bench scales')
  return Float64Array.from({ length: FIRMS }, () => 0.2 * stream.uniform() ** (-1 / 1.2))
}
