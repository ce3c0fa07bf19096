/**
 * What every study of offshoring on a firm panel assumes because the panel does not say it. A study gives what differs: its values with their
 * ranges and, where the reason is its own, the source.
 */
import type { ExternalAssumption } from 'reshore'

type Sized = Pick<ExternalAssumption, 'value' | 'range'>
type Sourced = Sized & Pick<ExternalAssumption, 'source'>

/** A year. */
export const discount: ExternalAssumption = { name: 'discount factor', value: 0.95, range: [0.9, 0.98], unit: 'a year', source: 'Assumed.' }

/** Scale of the yearly shock, as a share of the yearly gain. */
export const shockShare: ExternalAssumption = {
  name: 'standard deviation of the yearly shock',
  value: 0.5,
  range: [0.25, 1],
  unit: 'share of the yearly gain',
  source: 'Assumed: entry and exit identify costs relative to the shock only.',
}

/** Share of the cost of `what` that buying it abroad saves. */
export function savingRate(what: string, source: string): ExternalAssumption {
  return { name: `saving on ${what}`, value: 0.2, range: [0.1, 0.3], unit: 'share of what it costs', source }
}

/** Of delivered cost, in log kilometres. */
export function distanceElasticity(size: Sized): ExternalAssumption {
  return { name: 'elasticity of delivered cost to distance', unit: 'per log km', source: 'Assumed, in the range of distance elasticities of trade over trade elasticities.', ...size }
}

/** Kilometres. */
export function domesticDistance(size: Sourced): ExternalAssumption {
  return { name: 'distance of domestic sourcing', unit: 'km', ...size }
}

/** Over the fixed cost of `stage`. */
export function ownStageMultiple(stage: string, size: Sourced): ExternalAssumption {
  return { name: 'fixed cost of the own stage abroad', unit: `times that of ${stage}`, ...size }
}
