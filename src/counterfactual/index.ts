/** PLAN -> CHANGES: scenarios re-solved beside their base. */
export type * from './records.js'
export * from './scenario.js'
export * from './chainChanges.js'
export * from './treeChanges.js'
