/** FILE -> TABLE: raw files of any dialect and encoding become typed tables; bad rows go to quarantine. */
export { readTable, type ReadTableOptions } from './readTable.js'
