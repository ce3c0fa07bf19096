/** What the plant file does not say. Every number is printed on the page with its source. */
import { discount, distanceElasticity, domesticDistance, ownStageMultiple, savingRate, shockShare } from '../offshoring/assumed.js'
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
  discount,
  costsFrom: 'Assumed: no prices by origin are observed.',
  savingRate: savingRate('imported intermediates', 'Assumed: no price of the domestic alternative is observed.'),
  shockShare,
  distanceElasticity: distanceElasticity({ value: 0.05, range: [0.03, 0.1] }),
  domesticDistance: domesticDistance({ value: 250, range: [100, 500], source: 'Assumed: most plants and suppliers are in the central valley.' }),
  ownStageMultiple: ownStageMultiple('intermediates', { value: 5, range: [2, 10], source: 'Assumed: a plant abroad instead of a supplier.' }),
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
