/** Worker pool over shared typed arrays; same result for any number of workers. */
export { builtModule } from './builtModule.js'
export { openCrew, startCrew, usefulThreads, type ChunkWork, type Crew, type CrewPlan, type CrewWork, type OpenCrew } from './crew.js'
export { rangePool, type RangeParts, type RangePool, type RangeWork } from './ranges.js'
