/**
 * From calibrated costs to solver problems: a value chain of two stages (the subcontracted stage, then the firm's own stage) over
 * a home location and the places it may source from.
 *
 * Units: one unit of output is what costs one euro when both stages are done at home, so unit costs are ratios to home, marginal
 * cost is euro per euro of home cost, and quantity is yearly output at home cost.
 *
 *     τ_ij = (d_ij / d_0)^(η/θ) between locations, 1 within one       d great-circle km, d_0 the distance of domestic sourcing
 *     F    = f + (1 − B) s a year for the subcontracted stage abroad, `ownStageMultiple` times that for the own stage
 *
 * where (s, f) is a point of the identified line (`entryExitCosts`) in euro. The chain is Cobb–Douglas in the two stages; the tree is
 * the same production with specific costs, τ = 1 being today's trade costs, so that its τ-path says how far they would have to
 * move before a stage comes home. Everything that no regression identifies is an `ExternalAssumption` and is returned as such.
 */
import { ReshoreError } from '../errors.js'
import { greatCircle } from '../numerics/greatCircle.js'
import type { ChainProblem, TreeProblem } from '../sourcing/records.js'
import type { ExternalAssumption, Costs, SourcingLocation } from './records.js'

export interface SourcingProblemInput {
  /** The first location is home. */
  readonly locations: readonly SourcingLocation[]
  readonly stages: readonly [string, string]
  /** Share of the own stage in cost at home, in (0, 1). */
  readonly ownShare: number
  /** Sunk entry cost s in euro and per-period fixed cost f in euro a year, at one point of the identified line. */
  readonly sunk: number
  readonly fixed: number
  /** B, strictly between 0 and 1. */
  readonly discount: number
  /** η/θ: elasticity of delivered cost to distance. */
  readonly distanceElasticity: ExternalAssumption
  /** d_0: how far inputs travel when sourced at home, km. */
  readonly domesticDistance: ExternalAssumption
  /** Fixed cost of the own stage abroad relative to the subcontracted stage abroad. */
  readonly ownStageMultiple: ExternalAssumption
  /** Further external numbers that went into the inputs; passed through to the page. */
  readonly assumptions?: readonly ExternalAssumption[]
}

/**
 * Returns the chain and the tree problem with their labels and every assumption made.
 * Throws `CalibrationError` for a share or discount factor out of range, a negative cost, or fewer than two locations.
 */
export function sourcingProblem(input: SourcingProblemInput): Costs {
  checkInput(input)
  const trade = icebergCosts(input)
  return {
    locations: input.locations.map((location) => location.name),
    stages: input.stages,
    chain: chainProblem(input, trade),
    tree: treeProblem(input, trade),
    assumptions: [input.distanceElasticity, input.domesticDistance, input.ownStageMultiple, ...(input.assumptions ?? [])],
  }
}

function chainProblem(input: SourcingProblemInput, trade: readonly (readonly number[])[]): ChainProblem {
  const yearly = input.fixed + (1 - input.discount) * input.sunk
  const abroad = (cost: number): number[] => input.locations.map((_, i) => (i === 0 ? 0 : cost))
  return {
    valueAdded: [1, input.ownShare],
    unitCosts: [0, 1].map((stage) => input.locations.map((location) => location.relativeCosts[stage]!)),
    tradeCosts: trade,
    tradeForm: 'iceberg',
    fixedCosts: [abroad(yearly), abroad(yearly * input.ownStageMultiple.value)],
    finalShipping: trade.map((row) => row[0]!),
    technology: 'cobb-douglas',
    fixedCostsPaid: 'stage',
  }
}

/** Node 0 is the own stage, node 1 the subcontracted stage; shipping a unit costs (τ − 1) of its value at home. */
function treeProblem(input: SourcingProblemInput, trade: readonly (readonly number[])[]): TreeProblem {
  const subcontracted = 1 - input.ownShare
  return {
    parents: [-1, 0],
    costs: [
      input.locations.map((location) => input.ownShare * location.relativeCosts[1]),
      input.locations.map((location) => subcontracted * location.relativeCosts[0]),
    ],
    tradeCosts: trade.map((row) => row.map((tau) => subcontracted * (tau - 1))),
    form: 'specific',
    destination: null,
    finalShipping: trade.map((row) => row[0]! - 1),
    tau: 'path',
  }
}

/** Locations closer than domestic sourcing cost what domestic sourcing costs. */
function icebergCosts(input: SourcingProblemInput): number[][] {
  const { locations, distanceElasticity, domesticDistance } = input
  return locations.map((from, i) =>
    locations.map((to, j) => {
      const distance = greatCircle(from.latitude, from.longitude, to.latitude, to.longitude)
      return i === j ? 1 : Math.max(1, distance / domesticDistance.value) ** distanceElasticity.value
    }),
  )
}

function checkInput(input: SourcingProblemInput): void {
  const fail = (message: string, remedy: string): never => {
    throw new ReshoreError('CalibrationError', message, remedy)
  }
  if (input.locations.length < 2) fail('A sourcing problem needs home and at least one other location.', 'Add the destinations to `locations`.')
  if (!(input.ownShare > 0 && input.ownShare < 1)) fail(`The share of the own stage is ${input.ownShare}.`, 'It must lie strictly between 0 and 1.')
  if (!(input.discount > 0 && input.discount < 1)) fail(`The discount factor is ${input.discount}.`, 'It must lie strictly between 0 and 1.')
  if (!(input.sunk >= 0)) fail(`The sunk entry cost is ${input.sunk} EUR.`, 'Choose a point of the identified line with s ≥ 0.')
  if (!(input.fixed >= 0)) {
    fail(`The implied fixed cost is ${input.fixed} EUR a year.`, 'The gain assumed is too small for the observed entry and exit: raise the saving rate or lower the money scale κ.')
  }
  if (!(input.domesticDistance.value > 0)) fail(`The distance of domestic sourcing is ${input.domesticDistance.value} km.`, 'It must be positive.')
  for (const location of input.locations) {
    const onEarth = Math.abs(location.latitude) <= 90 && Math.abs(location.longitude) <= 180
    if (!onEarth) fail(`${location.name} lies at (${location.latitude}, ${location.longitude}).`, 'Give latitude and longitude in degrees.')
    if (!location.relativeCosts.every((cost) => cost > 0)) fail(`A relative cost of ${location.name} is not positive.`, 'Give costs relative to home, for example 0.6.')
  }
}
