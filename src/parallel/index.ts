/** Worker pool over shared typed arrays; same result for any number of workers. */
export { builtModule, rangePool, type RangeParts, type RangePool, type RangeWork } from './ranges.js'
