/** Singletons, degrees of freedom and slopes of absorbed effects, against dummies and counts by hand. */
import { Table, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { isReshoreError } from '../../../src/errors.js'
import { components, countEffects } from '../../../src/estimate/design/absorption/degrees.js'
import { findSingletons } from '../../../src/estimate/design/absorption/singletons.js'
import { cluster, coef, ols } from '../../../src/estimate/index.js'
import type { AbsorbedEffect } from '../../../src/estimate/records.js'
import { randomStream } from '../../../src/numerics/random.js'

const effect = (name: string, codes: readonly number[], more: Partial<AbsorbedEffect> = {}): AbsorbedEffect =>
  ({ name, codes: Int32Array.from(codes), levels: Math.max(...codes) + 1, ...more })

describe('findSingletons', () => {
  it('follows rows that become alone when others leave', () => {
    // Row 0 is alone in a; without it row 1 is alone in b, then row 2 in a; rows 3 to 6 hold each other.
    const a = effect('a', [0, 1, 1, 2, 2, 3, 3])
    const b = effect('b', [0, 0, 1, 1, 2, 1, 2])
    const { count, alone, sizes } = findSingletons([a, b])
    expect({ count, alone }).toEqual({ count: 3, alone: Uint8Array.of(1, 1, 1, 0, 0, 0, 0) })
    // What is left: rows 3 to 6.
    expect([a, b].map(({ codes }) => Array.from(sizes.get(codes)!))).toEqual([[0, 0, 2, 2], [0, 2, 2]])
  })

  it('finds none where every level has two rows, and counts no slopes', () => {
    expect(findSingletons([effect('a', [0, 0, 1, 1])])).toMatchObject({ count: 0 })
    expect(findSingletons([effect('a', [0, 1, 2, 2], { slopesOnly: true, slopes: [{ name: 'x', values: new Float64Array(4) }] })])).toMatchObject({ count: 0 })
  })
})

describe('countEffects', () => {
  const buyer = effect('buyer', [0, 0, 1, 1, 2, 2, 3])
  const seller = effect('seller', [0, 1, 0, 1, 2, 3, 3])

  it('counts components, which share no constant', () => {
    expect(components(buyer, seller)).toBe(2)
    expect(countEffects([buyer, seller])).toBe(4 + 4 - 1)
    expect(countEffects([buyer, seller], 'exact')).toBe(4 + 4 - 2)
  })

  it('bounds a third effect by its worst pair', () => {
    const nested = effect('group', [0, 0, 0, 0, 1, 1, 1])
    expect(countEffects([buyer, seller, nested], 'exact')).toBe(4 + 4 - 2 + (2 - 2))
  })

  it('counts slopes that vary', () => {
    const sloped = effect('buyer', [0, 0, 1, 1, 2, 2, 3], { slopes: [{ name: 'x', values: Float64Array.of(1, 2, 5, 5, 3, 4, 7) }] })
    expect(countEffects([sloped])).toBe(4 + 4)
    expect(countEffects([sloped], 'exact')).toBe(4 + 2)
  })
})

describe('ols with absorbed slopes', () => {
  const stream = randomStream(3, 'slopes')
  const rows = 120
  const column = (draw: (row: number) => number) => vectorFromArray(Float64Array.from({ length: rows }, (_, row) => draw(row)))
  const table = new Table({
    y: column(() => stream.normal()), x: column(() => stream.normal()), z: column(() => 3 + stream.normal()), w: column(() => 0.5 + stream.uniform()),
    firm: column((row) => row % 9), year: column((row) => Math.floor(row / 9) % 5),
  })
  const twins: readonly (readonly [string, string])[] = [
    ['y ~ x | firm[z]', 'y ~ x + i(firm) + z + i(firm):z'],
    ['y ~ x | firm[z] + year', 'y ~ x + i(firm) + z + i(firm):z + i(year)'],
    ['y ~ x | year + firm[[z]]', 'y ~ x + i(year) + z + i(firm):z'],
  ]

  it.each(twins.flatMap(([absorbed, dummies]) => [[absorbed, dummies, undefined], [absorbed, dummies, 'w']] as const))('%s is %s, weights %s', (absorbed, dummies, weights) => {
    const options = weights === undefined ? {} : { weights }
    const within = ols(absorbed, table, options)
    const whole = ols(dummies, table, options)
    expect(Math.abs(coef(within).x! - coef(whole).x!)).toBeLessThan(1e-12)
    expect(within.detail.degreesOfFreedom).toBe(whole.detail.degreesOfFreedom)
    expect(within.vcov.matrix[0]! / whole.vcov.matrix[whole.terms.indexOf('x') * (whole.terms.length + 1)]!).toBeCloseTo(1, 10)
  })
})

describe('singletons of a fit', () => {
  const stream = randomStream(4, 'singletons')
  const rows = 90
  const numbers = (draw: (row: number) => number) => vectorFromArray(Float64Array.from({ length: rows }, (_, row) => draw(row)))
  const table = new Table({ y: numbers(() => stream.normal()), x: numbers(() => stream.normal()), firm: numbers((row) => Math.max(0, row - 60)), place: numbers((row) => row % 6), own: numbers((row) => row) })

  it('are kept and counted, or leave', () => {
    const kept = ols('y ~ x | firm + place', table)
    const dropped = ols('y ~ x | firm + place', table, { singletons: 'drop' })
    expect(kept.notes.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^29 of 90 rows are alone in a level of `firm`, `place`/))
    expect(dropped.sample).toEqual({ read: 90, used: 61, dropped: [{ reason: 'alone in a level of `firm`, `place`', rows: 29 }] })
    expect(Math.abs(coef(kept).x! - coef(dropped).x!)).toBeLessThan(1e-13)
    expect(dropped.detail.degreesOfFreedom).toBe(kept.detail.degreesOfFreedom)
    expect(ols('y ~ x | firm + place', table, { singletons: 'drop', vcov: cluster('place') }).vcov.matrix[0]).not.toBe(ols('y ~ x | firm + place', table, { vcov: cluster('place') }).vcov.matrix[0])
  })

  it('are an error where there is nothing else', () => {
    let error: unknown
    try {
      ols('y ~ x | own', table)
    } catch (thrown) {
      error = thrown
    }
    expect(isReshoreError(error) && error.name).toBe('SingletonError')
  })
})
