/** Steps, fingerprints, store, progress, run record. */
export type * from './records.js'
export * from './define.js'
export { loadPipeline, type LoadedPipeline } from './load.js'
export type { RunOptions } from './plan.js'
export { runPipeline, type RunEvent, type RunResult } from './run.js'
export { readStatus, reasonText } from './status.js'
export { reshoringOfFirms, simulateFirms, type BulkOptions } from './treeFirms.js'
