/** TABLE -> TABLE: every feature is a relation over relations. */
export { feature, joinFeatures, panel, panelKey, type Feature, type Panel } from './panel.js'
export { lags, leads, type ShiftOptions } from './lags.js'
export { initialValues, unitMeans, type MeanVariant } from './unitMeans.js'
export { activeNeighbours, areaCounts, type AreaCountOptions, type NeighbourOptions } from './neighbours.js'
export { byDestination, spells, type SpellOptions } from './spells.js'
export { spellPeriods, type SpellPeriodOptions } from './spellPeriods.js'
