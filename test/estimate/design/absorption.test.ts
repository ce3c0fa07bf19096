/** Absorbed effects against a projection on their dummies, worked out by Gram and Schmidt in the test. */
import { describe, expect, it } from 'vitest'
import { prepareAbsorption, type Absorber } from '../../../src/estimate/design/absorption/absorber.js'
import type { AbsorbedEffect } from '../../../src/estimate/records.js'
import { randomStream } from '../../../src/numerics/random.js'

/** Relative to the column; what the search stops at is 1e-9. */
const tolerance = 3e-9

const rows = 240
const stream = randomStream(7, 'absorption')
const uniform = Float64Array.from({ length: rows }, () => stream.uniform())
const column = Float64Array.from({ length: rows }, () => 5 + stream.normal())
const weights = Float64Array.from({ length: rows }, () => 0.2 + 3 * stream.uniform())
const slope = Float64Array.from({ length: rows }, () => 2000 + 10 * stream.normal())
const tilt = Float64Array.from({ length: rows }, () => stream.normal())

/** Renumbered over the levels that occur. */
function effect(name: string, label: (row: number) => number, more: Partial<AbsorbedEffect> = {}): AbsorbedEffect {
  const raw = Array.from({ length: rows }, (_, row) => label(row))
  const levels = [...new Set(raw)]
  return { name, levels: levels.length, codes: Int32Array.from(raw, (value) => levels.indexOf(value)), ...more }
}

const firm = effect('firm', (row) => Math.floor(40 * uniform[row]! ** 2))
const place = effect('place', () => Math.floor(15 * stream.uniform()))
const year = effect('year', (row) => row % 7)
const pair = effect('pair', () => Math.floor(230 * stream.uniform()))
const island = effect('island', (row) => (uniform[row]! < 0.25 ? row % 5 : 5 + (row % 3)))
const sloped = (base: AbsorbedEffect, names: readonly Float64Array[], slopesOnly = false): AbsorbedEffect =>
  ({ ...base, slopes: names.map((values, s) => ({ name: `x${s}`, values })), slopesOnly })

const cases: Record<string, readonly AbsorbedEffect[]> = {
  'one way': [firm],
  'two ways': [firm, place],
  'two ways, many seen once': [pair, place],
  'two ways in two components': [island, effect('half', (row) => (uniform[row]! < 0.25 ? row % 2 : 2 + (row % 4)))],
  'nested': [firm, effect('sector', (row) => Math.floor(uniform[row]! ** 2 * 6))],
  'nested slopes alone': [sloped(firm, [tilt], true), sloped(effect('sector', (row) => Math.floor(Math.floor(40 * uniform[row]! ** 2) / 6)), [tilt], true)],
  'one level, nested and finer': [effect('country', () => 0), effect('sector', (row) => Math.floor(Math.floor(40 * uniform[row]! ** 2) / 6)), firm],
  'three ways': [firm, place, year],
  'four ways': [firm, place, year, effect('quarter', (row) => (row * 7) % 31)],
  'slopes of one effect': [sloped(firm, [slope])],
  'slopes only': [sloped(firm, [slope], true)],
  'slopes only beside another effect': [sloped(firm, [tilt], true), year],
  'two slopes beside another effect': [sloped(firm, [slope, tilt]), year],
  'slopes of two effects': [sloped(place, [tilt]), sloped(year, [slope])],
}

/** Dummies and slopes of all effects. */
function dummies(effects: readonly AbsorbedEffect[]): Float64Array[] {
  return effects.flatMap(({ codes, levels, slopes = [], slopesOnly }) => {
    const factors = [...(slopesOnly ? [] : [undefined]), ...slopes.map(({ values }) => values)]
    return factors.flatMap((values) => Array.from({ length: levels }, (_, level) => Float64Array.from(codes, (code, row) => (code === level ? (values ? values[row]! : 1) : 0))))
  })
}

/** What is left of the column after a weighted projection on the dummies. */
function residual(effects: readonly AbsorbedEffect[], given?: Float64Array): Float64Array {
  const root = Float64Array.from({ length: rows }, (_, row) => Math.sqrt(given ? given[row]! : 1))
  const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, row) => sum + value * b[row]!, 0)
  const basis: Float64Array[] = []
  const rest = (from: Float64Array): Float64Array => {
    const values = from.slice()
    for (let pass = 0; pass < 3; pass++) for (const unit of basis) {
      const share = inner(unit, values)
      for (let row = 0; row < rows; row++) values[row]! -= share * unit[row]!
    }
    return values
  }
  for (const dummy of dummies(effects)) {
    const scaled = dummy.map((value, row) => value * root[row]!)
    const left = rest(scaled)
    const size = Math.sqrt(inner(left, left))
    if (size > 1e-9 * Math.sqrt(inner(scaled, scaled))) basis.push(left.map((value) => value / size))
  }
  return rest(column.map((value, row) => value * root[row]!)).map((value, row) => value / root[row]!)
}

const demeaned = (absorber: Absorber, values = column): Float64Array => absorber.demean([values])[0]!

function distance(a: Float64Array, b: Float64Array): number {
  const size = Math.sqrt(b.reduce((sum, value) => sum + value * value, 0))
  return Math.sqrt(a.reduce((sum, value, row) => sum + (value - b[row]!) ** 2, 0)) / size
}

describe.each(Object.entries(cases))('absorption, %s', (_, effects) => {
  it.each([['without weights', undefined], ['with weights', weights]] as const)('is the residual from the dummies, %s', (_label, given) => {
    const expected = residual(effects, given)
    for (const kernel of ['wasm', 'plain'] as const) {
      const absorber = prepareAbsorption(effects, { kernel, ...(given && { weights: given }) })
      expect(distance(demeaned(absorber), expected)).toBeLessThan(tolerance)
    }
  })
})

describe('prepareAbsorption', () => {
  const effects = [firm, place, year]

  it('takes new weights, and columns it has demeaned before', () => {
    const absorber = prepareAbsorption(effects, { weights: Float64Array.from(column, () => 1) })
    const first = demeaned(absorber)
    absorber.weigh(weights)
    const expected = residual(effects, weights)
    expect(distance(demeaned(absorber), expected)).toBeLessThan(tolerance)
    expect(distance(absorber.demean([first], { into: [first] })[0]!, expected)).toBeLessThan(tolerance)
  })

  it('keeps the digits of a column with a high level', () => {
    const level = 2 ** 30
    const rounded = column.map((value) => Math.round(1024 * value) / 1024)
    const lifted = demeaned(prepareAbsorption(effects), rounded.map((value) => value + level))
    expect(distance(lifted, demeaned(prepareAbsorption(effects), rounded))).toBeLessThan(tolerance)
  })

  it('leaves nothing of a column the effects span', () => {
    const spanned = Float64Array.from(column, (_, row) => Math.sin(firm.codes[row]!) + 3 * Math.cos(place.codes[row]!))
    expect(demeaned(prepareAbsorption(effects), spanned).reduce((top, value) => Math.max(top, Math.abs(value)), 0)).toBeLessThan(1e-11)
  })

  it('stays exact where units hardly overlap', () => {
    // A chain: every firm shares one place with the next, so that a shock travels through all of them.
    const chain = [effect('firm', (row) => Math.floor(row / 4)), effect('place', (row) => Math.floor((row + 1) / 4))]
    expect(distance(demeaned(prepareAbsorption([...chain, year])), residual([...chain, year]))).toBeLessThan(tolerance)
  })
})
