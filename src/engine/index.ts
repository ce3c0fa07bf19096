/** Where relational work runs: the Engine contract, DuckDB by default. */
export type * from './records.js'
