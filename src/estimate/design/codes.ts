/** Crossed groups: the codes of several columns together, such as `region^year` or the cells two clusterings share. */

export interface CrossedCodes {
  readonly codes: Int32Array
  /** Combinations that occur; codes follow the order of the columns' own codes. */
  readonly levels: number
  /** First row of each combination. */
  readonly firstRow: Int32Array
}

/** Codes of the combinations that occur; no column gives one group of `rows` rows. */
export function crossCodes(columns: readonly { readonly codes: Int32Array; readonly levels: number }[], rows = columns[0]?.codes.length ?? 0): CrossedCodes {
  let crossed: { codes: Int32Array; levels: number } = columns[0] ?? { codes: new Int32Array(rows), levels: rows > 0 ? 1 : 0 }
  for (const next of columns.slice(1)) crossed = crossTwo(crossed, next)
  const firstRow = new Int32Array(crossed.levels).fill(-1)
  for (let row = rows - 1; row >= 0; row--) firstRow[crossed.codes[row]!] = row
  return { ...crossed, firstRow }
}

function crossTwo(a: { codes: Int32Array; levels: number }, b: { codes: Int32Array; levels: number }): { codes: Int32Array; levels: number } {
  const rows = a.codes.length
  const cells = a.levels * b.levels
  const cellOf = (row: number): number => a.codes[row]! * b.levels + b.codes[row]!
  const codes = new Int32Array(rows)
  if (cells <= 8 * rows + 1024) {
    const rank = new Int32Array(cells).fill(-1)
    for (let row = 0; row < rows; row++) rank[cellOf(row)] = 0
    let levels = 0
    for (let cell = 0; cell < cells; cell++) if (rank[cell] === 0) rank[cell] = levels++
    for (let row = 0; row < rows; row++) codes[row] = rank[cellOf(row)]!
    return { codes, levels }
  }
  const occurring = new Float64Array(rows)
  for (let row = 0; row < rows; row++) occurring[row] = cellOf(row)
  const rank = new Map<number, number>()
  for (const cell of occurring.slice().sort()) if (!rank.has(cell)) rank.set(cell, rank.size)
  for (let row = 0; row < rows; row++) codes[row] = rank.get(occurring[row]!)!
  return { codes, levels: rank.size }
}
