/** What can be asked of a Cox fit and the table it was estimated on. */
export { baselineInfluence, type BaselineInfluence } from './baselineInfluence.js'
export { cloglogTwin, compareTwins } from './cloglogTwin.js'
export { concordanceIndex, type Concordance } from './concordance.js'
export { coxWithTests } from './coxWithTests.js'
export { proportionalHazards, type ProportionalityOptions, type ProportionalityTest } from './proportionality.js'
export { schoenfeldResiduals, type SchoenfeldResiduals } from './schoenfeld.js'
export { survivalCurves, type CurveInterval, type CurvesOptions, type PredictedCurve, type SurvivalCurve } from './survivalCurve.js'
export type { TimeTransform } from './timeTransform.js'
