/**
 * Sets of coefficients that a test does not reject, where nothing gives their ends in closed form: the test is looked at over the whole line
 * and about the estimate, intervals and gaps narrower than the spacing are looked for, ends polished to the last bit.
 */
import { brentMaximum } from '../../../numerics/brent.js'
import { findRoot } from '../../../numerics/root.js'
import type { AndersonRubinSet } from './records.js'

/** An estimate, its standard error, and the coefficient at which both equations weigh the same. */
export interface Whereabouts {
  readonly centre: number
  readonly spread: number
  readonly unit: number
}

/** Points of the line at which tests are looked at first, and again about the estimate. */
const points = 100

/** Coefficients where `excess`, continuous and defined at infinity, is not positive. */
export function scannedSet({ centre, spread, unit }: Whereabouts, excess: (coefficient: number) => number): AndersonRubinSet {
  const coefficient = (angle: number): number => (Math.abs(angle) >= Math.PI / 2 ? Infinity : unit * Math.tan(angle))
  const turned = (angle: number): number => excess(coefficient(angle))
  const angles = new Set([-Math.PI / 2, Math.PI / 2, Math.atan(centre / unit)])
  for (let i = 1; i < points; i++) {
    const turn = Math.PI * (i / points - 0.5)
    angles.add(turn)
    angles.add(Math.atan((centre + spread * Math.tan(turn)) / unit))
  }
  const looked = [...angles].sort((a, b) => a - b)
  return setFrom(withExtremes(looked, turned), turned, coefficient)
}

/** The angles, and between them local extremes of the wrong sign: an interval or a gap narrower than the spacing. */
function withExtremes(angles: readonly number[], excess: (angle: number) => number): number[] {
  const values = angles.map(excess)
  const found = [...angles]
  for (let i = 1; i < angles.length - 1; i++) {
    const [before, here, after] = [values[i - 1]!, values[i]!, values[i + 1]!]
    const sign = here > 0 ? -1 : 1
    if (before > 0 !== here > 0 || after > 0 !== here > 0 || !(sign * here > sign * before && sign * here >= sign * after)) continue
    found.push(brentMaximum((angle) => sign * excess(angle), angles[i - 1]!, angles[i + 1]!, 1e-9 * (angles[i + 1]! - angles[i - 1]!)).at)
  }
  return found.sort((a, b) => a - b)
}

/** Goes along angles in order: where acceptance changes between two of them the boundary is found to the last bit. */
export function setFrom(angles: readonly number[], excess: (angle: number) => number, coefficient: (angle: number) => number): AndersonRubinSet {
  const accepted = angles.map((angle) => excess(angle) <= 0)
  if (!accepted.includes(true)) return { shape: 'empty', intervals: [] }
  if (!accepted.includes(false)) return { shape: 'line', intervals: [[null, null]] }
  const intervals: [number | null, number | null][] = accepted[0] ? [[null, null]] : []
  for (let i = 1; i < angles.length; i++) {
    if (accepted[i] === accepted[i - 1]) continue
    const end = coefficient(findRoot(excess, angles[i - 1]!, angles[i]!))
    if (accepted[i]) intervals.push([end, null])
    else intervals[intervals.length - 1]![1] = end
  }
  return { shape: accepted[0] ? 'rays' : 'bounded', intervals }
}

/** A record with a value that is computed once, and not at all where nobody asks: a scanned set takes hundreds of tests. */
export function onReading<T extends object, K extends string>(record: T, name: K, make: () => AndersonRubinSet): T & { readonly [P in K]: AndersonRubinSet } {
  let made: AndersonRubinSet | undefined
  return Object.defineProperty(record, name, { enumerable: true, configurable: true, get: () => (made ??= make()) }) as T & { readonly [P in K]: AndersonRubinSet }
}
