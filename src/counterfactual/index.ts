/** PLAN -> CHANGES: scenarios re-solved beside their base. */
export type * from './records.js'
export * from './scenario.js'
export * from './chainChanges.js'
export * from './treeChanges.js'
export * from './supplierDraws.js'
export * from './supplierChanges.js'
export { calibratedProblem, participationOutcomes, type DrawOutcome, type ParticipationExperiment, type ParticipationInput } from './participationDraws.js'
export * from './participationChanges.js'
