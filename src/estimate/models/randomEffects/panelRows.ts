/** Design rows sorted by group, as the random-effects likelihood reads them. */
import { blockRows } from '../../../numerics/crossProducts.js'
import type { Design } from '../../records.js'
import type { PanelRows } from './likelihood.js'

export interface GroupedRows {
  readonly panel: PanelRows
  /** Position in the panel -> row of the design. */
  readonly order: Int32Array
}

/** Returns the working columns of a design grouped by its `group`, by a stable counting sort: rows of a group keep their order. */
export function groupRows(design: Design): GroupedRows {
  const { codes, levels } = design.group!
  const start = new Int32Array(levels + 1)
  for (const code of codes) start[code + 1]!++
  for (let g = 0; g < levels; g++) start[g + 1]! += start[g]!
  const order = new Int32Array(design.rows)
  const next = start.slice()
  for (let row = 0; row < design.rows; row++) order[next[codes[row]!]!++] = row
  const { packed } = design.basis!
  const k = packed.columns
  const x = new Float64Array(design.rows * k)
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!
    const base = Math.floor(row / blockRows) * k * blockRows + (row % blockRows)
    for (let j = 0; j < k; j++) x[at * k + j] = packed.data[base + j * blockRows]!
  }
  const gather = (values: Float64Array): Float64Array => Float64Array.from(order, (row) => values[row]!)
  return {
    panel: { columns: k, x, outcome: gather(design.outcome!), ...(design.offset && { offset: gather(design.offset) }), start },
    order,
  }
}
