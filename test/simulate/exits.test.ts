import { describe, expect, it } from 'vitest'
import { randomStream } from '../../src/numerics/random.js'
import { drawItaly } from '../../src/simulate/index.js'
import { baselineHazards, exitIndex } from '../../src/simulate/italy/exits.js'
import { yearCount } from '../../src/simulate/italy/parameters.js'
import { exitDraw } from '../../src/simulate/italy/population.js'

/** Monte Carlo error of 200,000 draws plus interpolation. */
const averageTolerance = 2e-3
/** Hazard ratio of profits from about 7,000 firm-years with a quarter of returns: standard error .05 in logs, four of them. */
const ratioTolerance = 0.2

describe('the return of active firms', () => {
  const baselines = baselineHazards()
  const draws = 200_000

  it.each([0.02, 0.3, 0.6, 0.78, 0.95, 0.999])('averages to the outcome equation at a stay probability of %f', (stay) => {
    for (const sector of [0, 1] as const) {
      const stream = randomStream(3, 'exit', sector)
      const baseline = baselines[sector](stay)
      let sum = 0
      for (let draw = 0; draw < draws; draw++) {
        const z = exitDraw(sector, [stream.uniform(), stream.uniform(), stream.uniform(), stream.uniform()])
        sum += Math.exp(-baseline * Math.exp(exitIndex(z)))
      }
      expect(Math.abs(sum / draws - stay)).toBeLessThan(averageTolerance)
    }
  })

  it('is sure at the ends', () => {
    expect(baselines[0](1)).toBe(0)
    expect(Math.exp(-baselines[0](1e-300))).toBeLessThan(1e-100)
  })

  it.each(['dynamic', 'hazard'] as const)('has the planted ratio of profits where returns are %s', (exits) => {
    const { population, choices, exit } = drawItaly({ seed: 4, exits })
    const left = [0, 0]
    const atRisk = [0, 0]
    for (let at = 0; at < choices.active.length; at++) {
      if (at % yearCount === yearCount - 1 || choices.active[at] === 0) continue
      const profitable = population.profitable[at]!
      atRisk[profitable] = atRisk[profitable]! + 1
      left[profitable] = left[profitable]! + 1 - choices.active[at + 1]!
    }
    const hazard = (profitable: 0 | 1): number => -Math.log(1 - left[profitable]! / atRisk[profitable]!)
    expect(Math.abs(Math.log(hazard(1) / hazard(0)) - exit.profits!)).toBeLessThan(ratioTolerance)
  })
})
