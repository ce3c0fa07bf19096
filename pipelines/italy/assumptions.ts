/** What no regression on the Italian survey identifies. Every number is printed on the page with its source. */
import { discount, distanceElasticity, domesticDistance, ownStageMultiple, savingRate, shockShare } from '../offshoring/assumed.js'
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
  discount,
  costsFrom: 'Assumed: the survey has what is paid abroad, not prices.',
  savingRate: savingRate('what is subcontracted abroad', 'Assumed; applied to the mean foreign subcontracting cost of the survey.'),
  shockShare,
  distanceElasticity: distanceElasticity({ value: 0.07, range: [0.04, 0.12] }),
  domesticDistance: domesticDistance({ value: 100, range: [30, 300], source: 'Assumed: subcontractors of the same or the next district.' }),
  ownStageMultiple: ownStageMultiple('the subcontracted stage', { value: 3, range: [2, 6], source: 'Assumed: a plant abroad instead of a contract.' }),
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
