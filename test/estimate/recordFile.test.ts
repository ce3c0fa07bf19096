import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeRecord, encodeRecord } from '../../src/estimate/recordFile.js'

const roundTrip = (record: unknown): unknown => decodeRecord(encodeRecord(record, 'record'))

const array = fc.oneof(fc.float64Array({ maxLength: 100 }), fc.int32Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }))
const record = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      array,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('x', 'y'), tie('value')),
    ),
  })).value,
)

describe('records on disk', () => {
  it('come back bit for bit, with long and short arrays, infinities, NaN and minus zero', () => {
    fc.assert(
      fc.property(record, (value) => {
        // Prototypes of generated dictionaries may be null; records of results are plain.
        expect(roundTrip(plain(value))).toEqual(plain(value))
      }),
    )
    expect(Object.is((roundTrip({ x: Float64Array.of(-0) }) as { x: Float64Array }).x[0], -0)).toBe(true)
  })

  it('keep arrays of many lengths and types apart', () => {
    const value = {
      a: Float64Array.from({ length: 500 }, (_, i) => i / 3),
      b: [Int32Array.from({ length: 65 }, (_, i) => -i), Uint8Array.from({ length: 70 }, (_, i) => i)],
      c: Float64Array.from({ length: 65 }, () => NaN),
    }
    const encoded = encodeRecord(value, 'record')
    expect(encoded.arrays).toBeDefined()
    expect(decodeRecord(encoded)).toEqual(value)
  })

  it('leave out what is undefined, and put a substitute where one is given', () => {
    expect(roundTrip({ a: undefined })).toEqual({})
    const encoded = encodeRecord({ inner: [{ seconds: 2, x: 1 }] }, 'record', (one) =>
      'seconds' in one ? { ...one, seconds: 0 } : one,
    )
    expect(decodeRecord(encoded)).toEqual({ inner: [{ seconds: 0, x: 1 }] })
  })

  it.each([
    [{ f: () => 1 }, 'record.f is function'],
    [{ m: new Map() }, 'record.m is a Map'],
    [[new Date()], 'record[0] is a Date'],
    [{ big: 1n }, 'record.big is bigint'],
  ])('refuse %o', (value, message) => {
    expect(() => encodeRecord(value, 'record')).toThrow(message)
  })
})

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}
