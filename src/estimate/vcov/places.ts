/** Distinct places of rows (latitude, longitude and period), so that work on the sphere is done once a place and not once a row. */

export interface Places {
  /** Row -> place; places are ordered by period, then by their first row. */
  readonly codes: Int32Array
  readonly count: number
  readonly latitude: Float64Array
  readonly longitude: Float64Array
  readonly periods: number
  /** Places of period p are start[p] … start[p + 1] − 1. */
  readonly start: Int32Array
}

/** Places of the rows; without periods all rows are of one. Longitudes that differ by full turns are the same. */
export function placesOf(latitude: Float64Array, longitude: Float64Array, period?: Float64Array): Places {
  const east = longitude.map((degrees) => (degrees >= 180 ? degrees - 360 : degrees))
  const columns = period ? [latitude, east, period] : [latitude, east]
  const { codes, firstRow } = distinctRows(columns)
  const values = period ? Float64Array.from(new Set(Array.from(firstRow, (row) => period[row]!))).sort() : new Float64Array(1)
  const order = firstRow.map((_, place) => place)
  const start = new Int32Array(values.length + 1)
  start[values.length] = firstRow.length
  if (period) {
    const rank = new Map(Array.from(values, (value, position) => [value, position]))
    const rankOf = (place: number): number => rank.get(period[firstRow[place]!]!)!
    start.fill(0)
    for (let place = 0; place < firstRow.length; place++) start[rankOf(place) + 1]!++
    for (let p = 0; p < values.length; p++) start[p + 1]! += start[p]!
    const next = start.slice()
    for (let place = 0; place < firstRow.length; place++) order[place] = next[rankOf(place)]!++
  }
  const at = (column: Float64Array): Float64Array => {
    const result = new Float64Array(firstRow.length)
    firstRow.forEach((row, place) => (result[order[place]!] = column[row]!))
    return result
  }
  return { codes: codes.map((place) => order[place]!), count: firstRow.length, latitude: at(latitude), longitude: at(east), periods: values.length, start }
}

/** Codes of the distinct rows in order of their first occurrence, by open addressing on the values' bits. */
function distinctRows(columns: readonly Float64Array[]): { codes: Int32Array; firstRow: Int32Array } {
  const rows = columns[0]!.length
  // Adding zero makes −0 the same as 0.
  const bits = columns.map((column) => new Int32Array(column.map((value) => value + 0).buffer))
  const mask = 2 ** Math.ceil(Math.log2(2 * rows + 16)) - 1
  const slots = new Int32Array(mask + 1).fill(-1)
  const codes = new Int32Array(rows)
  const first = new Int32Array(rows)
  let count = 0
  const [one, two, three = two] = columns as readonly [Float64Array, Float64Array, Float64Array?]
  const same = (a: number, b: number): boolean => one[a] === one[b] && two[a] === two[b] && three[a] === three[b]
  for (let row = 0; row < rows; row++) {
    let hash = 0
    for (const halves of bits) hash = Math.imul(Math.imul(hash ^ halves[2 * row]!, 0x9e3779b1) ^ halves[2 * row + 1]!, 0x85ebca6b)
    let slot = (hash ^ (hash >>> 15)) & mask
    while (slots[slot] !== -1 && !same(first[slots[slot]!]!, row)) slot = (slot + 1) & mask
    if (slots[slot] === -1) {
      first[count] = row
      slots[slot] = count++
    }
    codes[row] = slots[slot]!
  }
  return { codes, firstRow: first.slice(0, count) }
}
