import { describe, expect, it } from 'vitest'
import { greatCircle } from '../../src/numerics/greatCircle.js'
import { nearbyPairs } from '../../src/numerics/nearbyPairs.js'
import { randomStream } from '../../src/numerics/random.js'

const random = randomStream(3, 'points')
const points = 400
/** A third round each pole, a third astride the date line, the rest anywhere; some points twice. */
const latitude = Float64Array.from({ length: points }, (_, i) => (i % 3 === 0 ? (i % 2 ? 1 : -1) * (90 - 3 * random.uniform()) : i % 3 === 1 ? 4 * random.uniform() - 2 : 180 * random.uniform() - 90))
const longitude = Float64Array.from({ length: points }, (_, i) => (i % 3 === 1 ? (i % 2 ? 180 - 2 * random.uniform() : -180 + 2 * random.uniform()) : 360 * random.uniform() - 180))
for (let i = 10; i < points; i += 50) {
  latitude[i] = latitude[i - 7]!
  longitude[i] = longitude[i - 7]!
}

describe('nearbyPairs', () => {
  it.each([0, 1, 120, 900, 5000, 25000])('finds what the double loop finds within %d km, once', (reach) => {
    const found = new Float64Array(points * points).fill(NaN)
    let visits = 0
    nearbyPairs(latitude, longitude, reach, (i, j, kilometres) => {
      visits++
      found[Math.max(i, j) * points + Math.min(i, j)] = kilometres
    })
    let wanted = 0
    let wrong = 0
    for (let i = 0; i < points; i++) {
      for (let j = 0; j < i; j++) {
        const kilometres = greatCircle(latitude[i]!, longitude[i]!, latitude[j]!, longitude[j]!)
        if (kilometres > reach) continue
        wanted++
        // A micrometre; opposite points keep a millimetre, as the haversine itself.
        if (!(Math.abs(found[i * points + j]! - kilometres) < (kilometres > 19_000 ? 1e-6 : 1e-9))) wrong++
      }
    }
    expect(wrong).toBe(0)
    expect(visits).toBe(wanted)
    expect(wanted).toBeGreaterThan(0)
  })
})
