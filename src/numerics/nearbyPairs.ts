/**
 * All pairs of points on the sphere within a distance. Points are sorted into cubes whose side is the chord of that distance: two in
 * reach lie in the same or in adjacent cubes, at the poles and across the date line as anywhere else. Going through the cubes in order,
 * the earlier neighbours of each are five runs of cubes that only move forward. Cost is linear in points plus pairs visited. The
 * distance is the great circle's, 2R asin(chord / 2). Checked against the double loop with `greatCircle`.
 */
import { countingSort } from './countingSort.js'
import { earthRadius } from './greatCircle.js'

/** Chords this much too long are still looked at: the distance decides. */
const slack = 1 + 1e-9
/** Cubes an axis at most, so that a cube is one whole double; their side is 64 metres at least. */
const perAxis = 2 ** 18
/** Columns of cubes before and at one's own, as steps of the first two coordinates. */
const columns = [[-1, -1], [-1, 0], [-1, 1], [0, -1], [0, 0]] as const

/** Calls `visit(i, j, kilometres)` once for every pair of points, in degrees, no more than `reach` kilometres apart; the calls of one i follow each other. */
export function nearbyPairs(latitude: Float64Array, longitude: Float64Array, reach: number, visit: (i: number, j: number, kilometres: number) => void): void {
  const points = latitude.length
  const chord = 2 * Math.sin(Math.min(reach / (2 * earthRadius), Math.PI / 2)) * slack
  const { order, cube, x, y, z } = sortIntoCubes(latitude, longitude, Math.max(chord, 1e-5))
  const first = new Int32Array(columns.length)
  for (let p = 0; p < points; p++) {
    for (let c = 0; c < columns.length; c++) {
      const above = cube[p]! + (columns[c]![0] * perAxis + columns[c]![1]) * perAxis
      let q = first[c]!
      while (q < p && cube[q]! < above - 1) q++
      first[c] = q
      for (; q < p && cube[q]! <= above + 1; q++) {
        const squared = (x[p]! - x[q]!) ** 2 + (y[p]! - y[q]!) ** 2 + (z[p]! - z[q]!) ** 2
        if (squared > chord * chord) continue
        const kilometres = 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(squared) / 2))
        if (kilometres <= reach) visit(order[p]!, order[q]!, kilometres)
      }
    }
  }
}

/** Points by cube, with the cube as one number that is ordered by its three coordinates, and coordinates on the unit sphere. */
interface CubedPoints {
  readonly order: Int32Array
  readonly cube: Float64Array
  readonly x: Float64Array
  readonly y: Float64Array
  readonly z: Float64Array
}

function sortIntoCubes(latitude: Float64Array, longitude: Float64Array, side: number): CubedPoints {
  const radians = Math.PI / 180
  const axes = [
    latitude.map((degrees, i) => Math.cos(degrees * radians) * Math.cos(longitude[i]! * radians)),
    latitude.map((degrees, i) => Math.cos(degrees * radians) * Math.sin(longitude[i]! * radians)),
    latitude.map((degrees) => Math.sin(degrees * radians)),
  ]
  // From 1 up, so that the neighbours of a cube have coordinates too.
  const steps = axes.map((axis) => new Int32Array(axis.map((value) => Math.floor((value + 1) / side) + 1)))
  let order = new Int32Array(latitude.length).map((_, i) => i)
  for (const step of [...steps].reverse()) order = countingSort(order, step)
  const cube = new Float64Array(order.length)
  for (let p = 0; p < order.length; p++) cube[p] = (steps[0]![order[p]!]! * perAxis + steps[1]![order[p]!]!) * perAxis + steps[2]![order[p]!]!
  const [x, y, z] = axes.map((axis) => {
    const sorted = new Float64Array(order.length)
    for (let p = 0; p < order.length; p++) sorted[p] = axis[order[p]!]!
    return sorted
  })
  return { order, cube, x: x!, y: y!, z: z! }
}
