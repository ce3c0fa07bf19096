import { describe, expect, it } from 'vitest'
import * as d from '../../src/numerics/distributions.js'
import { inverseMills, logNormalCdf, scaledErfc } from '../../src/numerics/normal.js'

/** R prints 16 digits; @stdlib's own tails carry twelve. */
const relative = 1e-12

/** R 4.2.2: pnorm, qnorm, pt, qt, pchisq, qchisq, pf, qf (lower = FALSE for tails), and e^{x²}·2·pnorm(x√2, lower = FALSE). */
const cases: readonly [string, number, number][] = [
  ['normal tail 37', d.normalUpperTail(37), 5.7255712225245771e-300],
  ['normal tail 1.5', d.normalUpperTail(1.5), 0.066807201268858071],
  ['normal quantile 1e-300', d.normalQuantile(1e-300), -37.047096299361201],
  ['normal quantile .975', d.normalQuantile(0.975), 1.9599639845400536],
  ['t tail 40, 3', d.tUpperTail(40, 3), 1.719034039457927e-05],
  ['t tail 25, 117480', d.tUpperTail(25, 117480), 7.0168029864075597e-138],
  ['t two-sided .3, 5', d.tTwoSided(0.3, 5), 0.77624904226327451],
  ['t quantile .975, 7', d.tQuantile(0.975, 7), 2.3646242515927844],
  ['t quantile 1e-10, 3', d.tQuantile(1e-10, 3), -2225.7692846830946],
  ['t quantile, infinite', d.tQuantile(0.975, Infinity), 1.9599639845400536],
  ['chi-square tail 800, 3', d.chiSquareUpperTail(800, 3), 4.3274708143852054e-173],
  ['chi-square quantile .95, 4', d.chiSquareQuantile(0.95, 4), 9.487729036781154],
  // Non-central χ² in 40 digits (mpmath): R agrees to its own twelve.
  ['non-central tail 30, 2, 5', d.nonCentralChiSquareUpperTail(30, 2, 5), 0.000963527262085672836],
  ['non-central tail 120.5, 3.4, 80', d.nonCentralChiSquareUpperTail(120.5, 3.4, 80), 0.0279450900483403082],
  ['non-central tail 900, 7.25, 700', d.nonCentralChiSquareUpperTail(900, 7.25, 700), 0.000299996437907507427],
  ['non-central tail .5, 1, 10', d.nonCentralChiSquareUpperTail(0.5, 1, 10), 0.9930136735930345],
  ['non-central tail 3.7, 1, 0', d.nonCentralChiSquareUpperTail(3.7, 1, 0), 0.054412467991601286],
  ['non-central quantile .95, 1, 10', d.nonCentralChiSquareQuantile(0.95, 1, 10), 23.1085112116066397],
  ['non-central quantile .95, 2.7, 27', d.nonCentralChiSquareQuantile(0.95, 2.7, 27), 48.7514258388219658],
  ['non-central quantile .99, 5, 3.2', d.nonCentralChiSquareQuantile(0.99, 5, 3.2), 22.8273831329414273],
  ['non-central quantile .05, 4, 60', d.nonCentralChiSquareQuantile(0.05, 4, 60), 39.8916043076969096],
  ['F tail 30, 3, 117000', d.fUpperTail(30, 3, 117000), 2.2279512044656832e-19],
  ['F tail .01, 3, 20', d.fUpperTail(0.01, 3, 20), 0.99858167601910108],
  ['F quantile .95, 3, 20', d.fQuantile(0.95, 3, 20), 3.0983912121407795],
  ['log Φ(−40)', logNormalCdf(-40), -804.6084420137538],
  ['log Φ(9)', logNormalCdf(9), -1.1285884059538408e-19],
  ['φ/Φ(−50)', inverseMills(-50), 50.019984031902176],
  ['φ/Φ(3)', inverseMills(3), 0.0044378390421256639],
]

describe('distributions', () => {
  it.each(cases)('%s', (_, actual, wanted) => expect(Math.abs(actual / wanted - 1)).toBeLessThan(relative))

  it.each([1, 2.5, 7, 1000])('quantiles invert tails with %d degrees of freedom', (df) => {
    for (const p of [1e-12, 0.01, 0.3, 0.6, 0.999]) {
      expect(d.tUpperTail(-d.tQuantile(p, df), df) / p).toBeCloseTo(1, 10)
      expect((1 - d.chiSquareUpperTail(d.chiSquareQuantile(p, df), df)) / p).toBeCloseTo(1, 3)
      expect(d.fUpperTail(d.fQuantile(1 - p, df, 12), df, 12) / p).toBeCloseTo(1, 3)
    }
  })

  it('the scaled complementary error function joins its three pieces', () => {
    for (const edge of [0.46875, 4]) expect(scaledErfc(edge + 1e-12) / scaledErfc(edge)).toBeCloseTo(1, 11)
  })

  it('log Φ and the Mills ratio are derivatives of one another', () => {
    for (const x of [-30, -3, -0.2, 0.2, 4]) expect((logNormalCdf(x + 1e-5) - logNormalCdf(x - 1e-5)) / 2e-5 / inverseMills(x)).toBeCloseTo(1, 5)
  })
})
