/** What no regression on the Italian survey identifies. Every number is printed on the page with its source. */
import type { ParticipationAssumptions } from '../offshoring/participation.js'
import type { SourcingAssumptions } from '../offshoring/study.js'

export const sourcing: SourcingAssumptions = {
  locations: [
    { name: 'Italy', latitude: 44.5, longitude: 11.34, relativeCosts: [1, 1] },
    { name: 'Europe', latitude: 45.75, longitude: 21.23, relativeCosts: [0.66, 0.92] },
    { name: 'North Africa', latitude: 36.81, longitude: 10.18, relativeCosts: [0.66, 0.98] },
    { name: 'East Asia', latitude: 23.13, longitude: 113.26, relativeCosts: [0.56, 0.88] },
    { name: 'other', latitude: 41.01, longitude: 28.98, relativeCosts: [0.75, 1] },
  ],
  stages: ['subcontracted stage', 'own stage'],
  discount: { name: 'discount factor', value: 0.95, range: [0.9, 0.98], unit: 'a year', source: 'Assumed.' },
  costsFrom: 'Assumed: the survey has what is paid abroad, not prices.',
  savingRate: {
    name: 'saving on what is subcontracted abroad',
    value: 0.2,
    range: [0.1, 0.3],
    unit: 'share of its cost',
    source: 'Assumed; applied to the mean foreign subcontracting cost of the survey.',
  },
  shockShare: {
    name: 'standard deviation of the yearly shock',
    value: 0.5,
    range: [0.25, 1],
    unit: 'share of the yearly gain',
    source: 'Assumed: entry and exit identify costs relative to the shock only.',
  },
  distanceElasticity: {
    name: 'elasticity of delivered cost to distance',
    value: 0.07,
    range: [0.04, 0.12],
    unit: 'per log km',
    source: 'Assumed, in the range of distance elasticities of trade over trade elasticities.',
  },
  domesticDistance: {
    name: 'distance of domestic sourcing',
    value: 100,
    range: [30, 300],
    unit: 'km',
    source: 'Assumed: subcontractors of the same or the next district.',
  },
  ownStageMultiple: {
    name: 'fixed cost of the own stage abroad',
    value: 3,
    range: [2, 6],
    unit: 'times that of the subcontracted stage',
    source: 'Assumed: a plant abroad instead of a contract.',
  },
}

/** Sizes of the scenarios of entry and exit. */
export const scenarios: ParticipationAssumptions = {
  subsidy: {
    name: 'entry-cost subsidy',
    value: 0.2,
    range: [0.1, 0.5],
    unit: 'share of the sunk entry cost',
    source: 'Chosen: a policy experiment.',
  },
  tradeRise: {
    name: 'rise of trade costs',
    value: 0.02,
    range: [0.01, 0.05],
    unit: 'share of the delivered cost of what is subcontracted abroad',
    source: 'Chosen; in the money of the yearly gain it is this share over the saving rate.',
  },
}
