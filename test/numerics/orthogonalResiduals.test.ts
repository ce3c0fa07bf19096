import { describe, expect, it } from 'vitest'
import { orthogonalResiduals } from '../../src/numerics/orthogonalResiduals.js'
import { randomStream } from '../../src/numerics/random.js'
import { weightedDot } from '../../src/numerics/weightedDot.js'

const rows = 6000
const random = randomStream(2, 'residuals')
const column = (make: (i: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, i) => make(i))
const year = column((i) => 1e6 + (i % 20))
const controls = [column(() => 1), year, year.map((value) => value ** 2), column(() => random.normal())]
const weights = column(() => 0.1 + random.uniform())
const noise = column(() => random.normal())

describe('orthogonalResiduals', () => {
  it('leave nothing of the controls, a year of size 1e6 beside its square among them', () => {
    const [left] = orthogonalResiduals([noise], controls, weights)
    const size = Math.sqrt(weightedDot(left!, left!, weights))
    for (const control of controls) expect(Math.abs(weightedDot(left!, control, weights)) / (size * Math.sqrt(weightedDot(control, control, weights)))).toBeLessThan(1e-14)
  })

  it('keep what the controls do not span, and skip controls that add nothing', () => {
    const [left] = orthogonalResiduals([noise], controls, weights)
    const target = noise.map((value, i) => value + 3 - 2 * controls[3]![i]!)
    const [again] = orthogonalResiduals([target], [...controls, controls[3]!.map((value) => 5 * value)], weights)
    expect(Math.max(...again!.map((value, i) => Math.abs(value - left![i]!)))).toBeLessThan(1e-12)
  })

  it('are deviations from the weighted mean beside a constant', () => {
    const [left] = orthogonalResiduals([noise], [controls[0]!], weights)
    const mean = weightedDot(noise, weights) / weights.reduce((sum, weight) => sum + weight, 0)
    expect(Math.max(...left!.map((value, i) => Math.abs(value - (noise[i]! - mean))))).toBeLessThan(1e-13)
  })
})
