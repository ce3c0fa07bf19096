/** Steps, fingerprints, store, progress, run record. */
export type * from './records.js'
export {
  definePipeline, type Files, type Flow, type Options, type Pipeline, type PipelineDeclaration, type Settings, type SettingValue, type Step, type StepContext, type StepDeclaration, type Widened,
} from './define.js'
export { loadHighs } from './highs.js'
export { loadPipeline, type LoadedPipeline } from './load.js'
export type { RunOptions } from './plan.js'
export { runPipeline, type RunEvent, type RunResult } from './run.js'
export { readStatus, reasonText } from './status.js'
export type { PageContent } from './page.js'
export { rebuildReport } from './publish.js'
export { rangePool, type RangePool } from '../parallel/index.js'
export { reshoringOfFirms, simulateFirms, type BulkOptions } from './treeFirms.js'
export { participationOverDraws, suppliersOverDraws } from './overDraws.js'
export { networkExposure, upstreamness, type NetworkExposure } from './networkExposure.js'
