/** Whether a row is there: bit maps of DuckDB and Arrow alike, none at all where nothing is missing. */
export function isPresent(valid: Uint8Array | null | undefined, row: number): boolean {
  return valid === null || valid === undefined || ((valid[row >> 3]! >> (row & 7)) & 1) === 1
}
