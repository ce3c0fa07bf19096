/** Where relational work runs: the Engine contract, DuckDB by default. */
export type * from './records.js'
export { id, join, relation, sql, type, inputsOf, type Separator, type SqlInput } from './sql.js'
export { checkedDuckDbOptions, openDuckDb, type DuckDbOptions } from './open.js'
export { globLiteral } from './glob.js'
export { readArrowFile } from './arrowFile.js'
export { seamTable } from './seamTable.js'
