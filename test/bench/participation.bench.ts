/**
 * Entry and exit over joint draws at the size of the full survey: 17,338 firms, 7 years, 107 provinces, 45 coefficients. Each draw is
 * calibrated, and the base and one scenario are solved and simulated with the same shocks, on one and two workers (from dist: build first). On a machine that
 * does other work, half the processor time of two workers is what two idle cores take.
 */
import { participationDraws, simulateParticipation } from '../../src/sourcing/index.js'
import { calibratedProblem, type ParticipationInput } from '../../src/counterfactual/index.js'
import { randomStream } from '../../src/numerics/random.js'
import { participationOverDraws } from '../../src/pipeline/overDraws.js'
import { median, milliseconds, printTable } from './table.js'

const FIRMS = 17_338
const PROVINCES = 107
const COEFFICIENTS = 45
const DRAWS = 500
const PLAN_RUNS = 11

export async function run(): Promise<void> {
  const input = survey()
  const problem = calibratedProblem(input, input.distribution.values)
  const shocks = participationDraws(problem)
  simulateParticipation(problem, shocks)
  const plan = median(Array.from({ length: PLAN_RUNS }, () => milliseconds(() => simulateParticipation(problem, shocks))))
  const seconds: number[] = []
  const processor: number[] = []
  for (const workers of [2, 1]) {
    const [started, used] = [performance.now(), process.cpuUsage()]
    await participationOverDraws({ input, scenarios: [{ name: 'no spillover', spillover: 0 }] }, DRAWS, { workers })
    seconds.push((performance.now() - started) / 1000)
    processor.push(process.cpuUsage(used).user / 1e6)
  }
  const time = (run: number): string => `${seconds[run]!.toFixed(1)} s (processor ${processor[run]!.toFixed(1)} s)`
  printTable(`Participation, ${FIRMS.toLocaleString('en')} firms × ${input.periods} years`, ['what', 'time'], [
    ['one plan (median)', `${plan.toFixed(1)} ms`],
    [`base and scenario over ${DRAWS} draws, two workers (bound: 60 s)`, time(0)],
    ['the same, one worker', time(1)],
  ])
}

/** Firms whose prevalence is about that of the Italian survey. */
function survey(): ParticipationInput {
  const random = randomStream(1, 'participation bench')
  const covariates = Float64Array.from({ length: FIRMS * COEFFICIENTS }, (_, cell) => (cell % COEFFICIENTS === 0 ? 1 : random.normal()))
  const values = Float64Array.from({ length: COEFFICIENTS }, (_, j) => [-5.2, 4.2, 0.03][j] ?? 0.1 * random.normal())
  const covariance = new Float64Array(COEFFICIENTS ** 2)
  values.forEach((_, j) => (covariance[j * COEFFICIENTS + j] = j === 2 ? 1e-5 : 0.0025))
  return {
    distribution: { values, covariance }, entry: 0, covariates, coefficients: COEFFICIENTS, lag: 1, neighbours: 2,
    effects: Float64Array.from({ length: FIRMS }, () => random.normal()), area: Int32Array.from({ length: FIRMS }, () => Math.floor(PROVINCES * random.uniform())),
    initial: Uint8Array.from({ length: FIRMS }, () => (random.uniform() < 0.043 ? 1 : 0)), discount: 0.95, periods: 7, seed: 1,
  }
}
