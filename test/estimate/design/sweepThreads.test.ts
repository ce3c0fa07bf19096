/** Effects taken out by several threads, which load the built package: `npm run build` comes first. */
import { setTimeout } from 'node:timers/promises'
import { Float64, Int32, makeData, Table, Vector } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { prepareAbsorption } from '../../../src/estimate/design/absorption/absorber.js'
import { absorptionPlan, type AbsorptionTask } from '../../../src/estimate/design/absorption/absorptionWork.js'
import { codeTogether } from '../../../src/estimate/design/absorption/codeTogether.js'
import { findSingletons } from '../../../src/estimate/design/absorption/singletons.js'
import { groupCodes } from '../../../src/estimate/design/columns.js'
import type { GroupCodes } from '../../../src/estimate/design/wholeCodes.js'
import { planPieces } from '../../../src/estimate/design/absorption/sweepWork.js'
import { iv } from '../../../src/estimate/models/iv.js'
import { ols } from '../../../src/estimate/models/ols.js'
import { ppml } from '../../../src/estimate/models/ppml.js'
import type { AbsorbedEffect, ArrowTable, Fit } from '../../../src/estimate/records.js'
import { cluster } from '../../../src/estimate/vcov/cluster.js'
import { randomStream } from '../../../src/numerics/random.js'
import { openCrew } from '../../../src/parallel/index.js'

const rows = 6000
/** By when helpers have joined. */
const started = 1500
const stream = randomStream(3, 'sweep threads')
const draws = (draw: () => number): Float64Array => Float64Array.from({ length: rows }, draw)
const codes = (levels: number): Int32Array => Int32Array.from({ length: rows }, () => Math.floor(levels * stream.uniform() ** 2))

const firm: AbsorbedEffect = { name: 'firm', codes: codes(900), levels: 900 }
const place: AbsorbedEffect = { name: 'place', codes: codes(150), levels: 150 }
const year: AbsorbedEffect = { name: 'year', codes: codes(12), levels: 12 }
const tilted: AbsorbedEffect = { ...year, slopes: [{ name: 'tilt', values: draws(() => stream.normal()) }] }
const weights = draws(() => 0.2 + stream.uniform())
// The second stands so high that it is projected twice, beside others that are not.
const columns = [0, 1e7, 0, 3, 0, 0, 0].map((level) => draws(() => level + stream.normal()))

describe('threads that take effects out', () => {
  it.each([
    ['two effects', [firm, place], undefined],
    ['two effects, weighted', [firm, place], weights],
    ['three effects and a slope, weighted', [firm, place, tilted], weights],
  ] as const)('give the bits of one thread: %s', async (_, effects, given) => {
    const alone = prepareAbsorption(effects, { weights: given })
    const plain = prepareAbsorption(effects, { weights: given, kernel: 'plain' })
    for (const threads of [1, 2, 3]) {
      const crew = openCrew<AbsorptionTask>(absorptionPlan, threads)
      await setTimeout(threads > 1 ? started : 0)
      const absorber = prepareAbsorption(effects, { weights: given, crew, columns: 4 })
      for (const count of [1, 2, 3, 4, 7]) {
        const asked = columns.slice(0, count)
        const expected = asked.map((column) => alone.demean([column])[0]!)
        const together = absorber.demean(asked, { crew })
        const inPlace = asked.map((column) => column.slice())
        absorber.demean(inPlace, { crew, into: inPlace })
        for (let j = 0; j < count; j++) {
          expect(together[j]!.every((value, row) => value === expected[j]![row])).toBe(true)
          expect(inPlace[j]!.every((value, row) => value === expected[j]![row])).toBe(true)
        }
      }
      crew.close()
    }
    const [fast, slow] = [alone.demean(columns), plain.demean(columns)]
    expect(Math.max(...fast.map((column, j) => column.reduce((most, value, row) => Math.max(most, Math.abs(value - slow[j]![row]!)), 0)))).toBeLessThan(1e-7)
  })

  it('has a piece a space in a round, as even as they come', () => {
    const sizes = (count: number, spaces: number): number[][] => planPieces(count, spaces).map((round) => round.map(({ from, to }) => to - from))
    expect(sizes(3, 1)).toEqual([[3]])
    expect(sizes(3, 2)).toEqual([[2, 1]])
    expect(sizes(4, 2)).toEqual([[2, 2]])
    expect(sizes(4, 3)).toEqual([[2, 1, 1]])
    expect(sizes(1, 4)).toEqual([[1]])
    expect(sizes(9, 2)).toEqual([[3, 2], [2, 2]])
    expect(planPieces(9, 2).flat().map(({ from }) => from)).toEqual([0, 3, 5, 7])
  })
})

const vector = (data: Float64Array | Int32Array): Vector =>
  (data instanceof Int32Array ? new Vector([makeData({ type: new Int32(), data })]) : new Vector([makeData({ type: new Float64(), data })])) as Vector

describe('threads that code ids', () => {
  // The last one's numbers lie too far apart for a table of their range.
  const ids = [firm.codes.map((code) => 7 * code - 3000), place.codes, Int32Array.from(place.codes, (code) => code * 5_000_000)]
  const named = ids.map((values, at) => ({ name: `id${at}`, column: vector(values) }))
  const expected = named.map(({ name, column }) => groupCodes(column, name))
  const effectsOf = (coded: readonly GroupCodes[]): AbsorbedEffect[] => coded.map((one, at) => ({ name: `id${at}`, ...one }))

  it.each([1, 2, 3])('give the codes and singletons of one: %i', async (threads) => {
    const crew = openCrew<AbsorptionTask>(absorptionPlan, threads)
    await setTimeout(threads > 1 ? started : 0)
    for (const count of [1, 2, 3]) {
      const coded = codeTogether(named.slice(0, count), crew)
      expect(coded.map(({ codes, levels }) => [Array.from(codes), levels])).toEqual(expected.slice(0, count).map(({ codes, levels }) => [Array.from(codes), levels]))
      expect(findSingletons(effectsOf(coded), crew).alone).toEqual(findSingletons(effectsOf(expected.slice(0, count))).alone)
    }
    expect(codeTogether(named.slice(0, 2), crew)[0]!.codes.buffer instanceof SharedArrayBuffer).toBe(threads > 1)
    crew.close()
  })
})

const shock = draws(() => stream.normal())
const z = draws(() => stream.normal())
const x = draws(() => stream.normal())
const sales = Float64Array.from(shock, (value, row) => 0.3 * x[row]! + z[row]! + value + firm.codes[row]! % 5)
const table = new Table({
  firm: vector(firm.codes), place: vector(place.codes), year: vector(year.codes), x: vector(x), z: vector(z), sales: vector(sales), weight: vector(weights),
  flow: vector(Float64Array.from(sales, (value) => Math.exp(value / 4))), price: vector(Float64Array.from(z, (value, row) => value + 0.5 * shock[row]!)),
}) as ArrowTable

const fits: Record<string, (threads?: number) => Fit> = {
  ols: (threads) => ols('sales ~ x + z | firm + place', table, { threads, vcov: cluster('firm', 'place') }),
  'weighted ols with a slope': (threads) => ols('sales ~ x | firm + year[z]', table, { threads, weights: 'weight' }),
  iv: (threads) => iv('sales ~ x | firm + place | price ~ z', table, { threads, vcov: cluster('firm') }),
  ppml: (threads) => ppml('flow ~ x + z | firm + place + year', table, { threads }),
}

describe.each(Object.entries(fits))('%s', (_, fit) => {
  it('has the same bits for any number of threads', () => {
    const numbers = ({ coefficients, vcov, logLikelihood }: Fit): unknown => ({ coefficients, vcov: vcov.matrix, logLikelihood })
    const expected = numbers(fit())
    for (const threads of [1, 2, 3]) expect(numbers(fit(threads))).toEqual(expected)
  })

  it('refuses a number of threads that is none', () => {
    expect(() => fit(0)).toThrow(/0 threads/)
    expect(() => fit(1.5)).toThrow(/1.5 threads/)
  })
})

it('neither threads nor memory are left behind by many fits', async () => {
  const before = process.memoryUsage().rss
  for (let run = 0; run < 150; run++) fits.ols!(2)
  await setTimeout(started)
  // A memory of these fits is 3 MB, a thread 10 MB or more.
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20)
})
