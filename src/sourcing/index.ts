/** COSTS -> PLAN: who produces what where; pure functions of numbers, browser-safe. */
export type * from './records.js'
export * from './chain/index.js'
export * from './suppliers/index.js'
export * from './tree/index.js'
export * from './participation/index.js'
export * from './selection/index.js'
