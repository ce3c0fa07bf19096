/** FIT -> COSTS: estimated coefficients become sunk, fixed and trade costs. */
export type * from './records.js'
export * from './entryExit.js'
export * from './sourcingProblem.js'
export * from './supplierSets.js'
export * from './transitions.js'
export * from './draws.js'
