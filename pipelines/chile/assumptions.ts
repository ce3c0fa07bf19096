/** What the plant file does not say. Every number is printed on the page with its source. */
import type { SourcingAssumptions } from '../offshoring/study.js'

/** Share of an importer's intermediates that come from abroad. */
export const importedShare = 0.3

export const sourcing: SourcingAssumptions = {
  locations: [
    { name: 'Chile', latitude: -33.45, longitude: -70.67, relativeCosts: [1, 1] },
    { name: 'Latin America', latitude: -23.55, longitude: -46.63, relativeCosts: [0.85, 0.95] },
    { name: 'North America', latitude: 25.76, longitude: -80.19, relativeCosts: [0.8, 1.3] },
    { name: 'Europe', latitude: 51.92, longitude: 4.48, relativeCosts: [0.82, 1.4] },
    { name: 'Asia', latitude: 22.32, longitude: 114.17, relativeCosts: [0.7, 0.85] },
  ],
  stages: ['intermediates', 'own stage'],
  discount: { name: 'discount factor', value: 0.95, range: [0.9, 0.98], unit: 'a year', source: 'Assumed.' },
  costsFrom: 'Assumed: no prices by origin are observed.',
  savingRate: {
    name: 'saving on imported intermediates',
    value: 0.2,
    range: [0.1, 0.3],
    unit: 'share of their cost',
    source: 'Assumed: no price of the domestic alternative is observed.',
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
    value: 0.05,
    range: [0.03, 0.1],
    unit: 'per log km',
    source: 'Assumed, in the range of distance elasticities of trade over trade elasticities.',
  },
  domesticDistance: {
    name: 'distance of domestic sourcing',
    value: 250,
    range: [100, 500],
    unit: 'km',
    source: 'Assumed: most plants and suppliers are in the central valley.',
  },
  ownStageMultiple: {
    name: 'fixed cost of the own stage abroad',
    value: 5,
    range: [2, 10],
    unit: 'times that of intermediates',
    source: 'Assumed: a plant abroad instead of a supplier.',
  },
  others: [
    {
      name: "imported share of an importer's intermediates",
      value: importedShare,
      range: [0.15, 0.5],
      unit: 'share',
      source: 'Assumed: the file says whether a plant imports, not how much.',
    },
  ],
}
