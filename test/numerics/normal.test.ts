/** Normal tails against 50-digit arithmetic (mpmath 1.3: log(erfc(-x/sqrt(2))/2) and npdf(x)/ncdf(x)). */
import { describe, expect, it } from 'vitest'
import { inverseMills, logNormalCdf } from '../../src/numerics/normal.js'

const RELATIVE = 4e-14 // erfc is good to a few units in the last place; exp(−x²/2) loses x² units

const values = [
  [-50, -1254.8313611394199, 50.01998403190564],
  [-40, -804.60844201375379, 40.024968847207264],
  [-37.5, -707.66898931750719, 37.526628874883654],
  [-20, -203.91715537109726, 20.049753068527851],
  [-8, -35.01343715991455, 8.1213681122361127],
  [-3, -6.6077262215103495, 3.2830986549304365],
  [-1, -1.8410216450092635, 1.5251352761609812],
  [0, -0.69314718055994531, 0.79788456080286536],
  [0.5, -0.36894641528865639, 0.50916043383703349],
  [2, -0.023012909328963488, 0.055247862678989959],
  [5, -2.8665161296376359e-7, 1.4867199409049057e-6],
  [5.5, -1.8989562646189463e-8, 1.0769760247056311e-7],
  [9, -1.1285884059538406e-19, 1.0279773571668915e-18],
] as const

describe('normal tails', () => {
  it.each(values)('at %d', (x, logCdf, mills) => {
    expect(Math.abs(logNormalCdf(x) / logCdf - 1)).toBeLessThan(RELATIVE)
    expect(Math.abs(inverseMills(x) / mills - 1)).toBeLessThan(RELATIVE)
  })
})
