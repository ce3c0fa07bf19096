/** Worker pool over shared typed arrays; same result for any number of workers. */
export { builtModule } from './builtModule.js'
export { startCrew, usefulThreads, type ChunkWork, type Crew, type CrewWork } from './crew.js'
export { rangePool, type RangeParts, type RangePool, type RangeWork } from './ranges.js'
