/**
 * How Table 2 and Table 3 hold in one panel.
 *
 * Table 2 gives an active firm's probability to stay, F(η). Table 3 says that its hazard of leaving is proportional to e^{b'z}
 * in covariates z, of which foreign share, profits, wage per employee and ROI are not in Table 2. The panel leaves with
 * probability 1 − exp(−s e^{b'z}), where s solves
 *
 *     E_z[ exp(−s e^{b'z}) ] = F(η),
 *
 * so that the hazard ratios of z are exactly those planted given η, and averaging over z returns the outcome equation exactly:
 * z is drawn each year apart from all else, so nobody survives because of it. The left side is the Laplace transform of e^{b'z};
 * it is tabulated per sector over a lattice of the uniforms behind z and inverted by interpolation.
 */
import { exitDraw, type ExitDraw } from './population.js'
import { exitHazard } from './parameters.js'

const latticePoints = 8192
const gridPoints = 600
const smallest = -14
const largest = 9

/** b'z of the covariates that only the exit hazard has. */
export function exitIndex(draw: ExitDraw): number {
  return exitHazard.foreignShare! * 100 * draw.foreignShare + (draw.profitable ? exitHazard.profits! : 0)
    + exitHazard.wagePerEmployee! * draw.wagePerEmployee + exitHazard.roi! * draw.roi
}

/** By sector, from the probability to stay, in (0, 1), to the baseline s of the hazard. */
export type BaselineHazards = readonly [(stay: number) => number, (stay: number) => number]

/** The baselines of both sectors; a tenth of a second, so made once. */
export const baselineHazards = (): BaselineHazards => [baselineHazard(0), baselineHazard(1)]

function baselineHazard(sector: number): (stay: number) => number {
  const relative = latticeHazards(sector)
  const step = (largest - smallest) / (gridPoints - 1)
  const logLaplace = (point: number): number => Math.log(laplace(relative, Math.exp(smallest + point * step)))
  const logStay = Float64Array.from({ length: gridPoints }, (_, point) => logLaplace(point))
  return (stay) => {
    const wanted = Math.log(stay)
    let low = 0
    let high = gridPoints - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (logStay[middle]! > wanted) low = middle
      else high = middle
    }
    // ln(−ln L) is close to linear in ln s, also where the firm is almost sure to stay or to leave.
    const [a, b, at] = [-logStay[low]!, -logStay[high]!, -wanted].map(Math.log) as [number, number, number]
    return Math.exp(smallest + step * (low + (at - a) / (b - a)))
  }
}

/** E over the lattice of exp(−s r). */
function laplace(relative: Float64Array, s: number): number {
  let sum = 0
  for (const ratio of relative) sum += Math.exp(-s * ratio)
  return sum / relative.length
}

/** e^{b'z} at the points of a Korobov lattice, shifted off the edges. */
function latticeHazards(sector: number): Float64Array {
  const generator = 1571
  return Float64Array.from({ length: latticePoints }, (_, point) => {
    const uniforms = [0, 1, 2, 3].map((dimension) => {
      let multiplier = 1
      for (let power = 0; power < dimension; power++) multiplier = (multiplier * generator) % latticePoints
      return (((point * multiplier) % latticePoints) + 0.5) / latticePoints
    }) as [number, number, number, number]
    return Math.exp(exitIndex(exitDraw(sector, uniforms)))
  })
}
