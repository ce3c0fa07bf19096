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
  let levels = 0
  let last = -1
  for (const row of sortedBy(a, sortedBy(b))) {
    const cell = cellOf(row)
    if (cell !== last) levels++
    last = cell
    codes[row] = levels - 1
  }
  return { codes, levels }
}

/** Rows in the order of their codes by counting; those of one code stay in the order in which they come. */
function sortedBy({ codes, levels }: { codes: Int32Array; levels: number }, rows?: Int32Array): Int32Array {
  const next = new Int32Array(levels + 1)
  for (let row = 0; row < codes.length; row++) next[codes[row]! + 1]!++
  for (let code = 0; code < levels; code++) next[code + 1]! += next[code]!
  const sorted = new Int32Array(codes.length)
  for (let at = 0; at < codes.length; at++) {
    const row = rows ? rows[at]! : at
    sorted[next[codes[row]!]!++] = row
  }
  return sorted
}
