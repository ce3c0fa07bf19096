/** The influence of rows on the baseline hazard against re-estimation with one weight moved. */
import { describe, expect, it } from 'vitest'
import { baselineInfluence } from '../../../../src/estimate/inference/cox/baselineInfluence.js'
import { coxDesign, cox } from '../../../../src/estimate/models/cox.js'
import { baselineHazard } from '../../../../src/estimate/models/cox/baselineHazard.js'
import { solveCox } from '../../../../src/estimate/models/cox/solveCox.js'
import { caseTable } from '../../../reference/survivalTables.js'

/** Central differences with a relative step of 1e-4 in one weight among 356. */
const differences = 1e-7

describe.each(['efron', 'breslow'] as const)('influence on the baseline hazard, %s ties', (ties) => {
  const table = caseTable('yearly')!
  const fit = cox('surv(start, stop, event) ~ x + d + strata(sector) + offset(o)', table, { ties, weights: 'w' })
  const times = [0.5, 2, 4, 7]
  const { influence, hazard } = baselineInfluence(fit, table, times, 1)

  it('is at the hazard of the fit', () => {
    const { time, hazard: all } = fit.detail.baseline[1]!
    expect([...hazard]).toEqual([0, ...[2, 4, 7].map((t) => expect.closeTo(all[time.indexOf(t)]!, 12) as number)])
  })

  it.each([0, 7, 100, 233, 355])('is the derivative in the weight of row %i', (row) => {
    const { design, survival } = coxDesign(fit.spec, table, [])
    const at = (share: number) => {
      const weights = design.weights!.slice()
      weights[row]! *= 1 + share
      const solution = solveCox({ ...design, survival, weights, ties })
      const { time, hazard: all } = baselineHazard(solution, survival.strataLevels)[1]!
      return [0, ...[2, 4, 7].map((t) => all[time.indexOf(t)]!)]
    }
    const [up, down] = [at(1e-4), at(-1e-4)]
    times.forEach((_, q) => expect(Math.abs(influence[row * times.length + q]! - (up[q]! - down[q]!) / 2e-4)).toBeLessThan(differences))
  })

  it('sums to zero over rows', () => {
    times.forEach((_, q) => expect(influence.reduce((sum, value, e) => (e % times.length === q ? sum + value : sum), 0)).toBeCloseTo(0, 10))
  })
})
