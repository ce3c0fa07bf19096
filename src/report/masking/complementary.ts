/**
 * Which cells of a count table to hide so that no count of 1 to N−1 units can be computed from what is shown.
 *
 * The table is a graph: every equation (a line that shows its total) is a vertex, every cell an edge between its row and its
 * column; lines without a total share one vertex, which asks nothing. Hidden cells are the unknowns of the equations, and the
 * null space of the equations is the cycle space of the graph of hidden cells. Two conditions follow.
 * 1. A hidden cell is determined exactly when its edge is a bridge, so every hidden cell must lie on a cycle of hidden cells:
 *    the cheapest way between its ends is hidden too (Dijkstra; a cell costs its count, a total more).
 * 2. The sum of the hidden cells of a line can be computed, so it must be at least N.
 * The first is the theorem of Gusfield (1988, "A graph theoretic approach to statistical data security", SIAM J. Computing 17).
 * Checked against enumeration of all tables with the same margins.
 */
export interface CountGrid {
  /** [line][position]; null: no count there, and none to hide. */
  readonly counts: readonly (readonly (number | null)[])[]
  /** The last row holds the sums of the rows above it. */
  readonly totalRow: boolean
  /** The last column holds the sums of the columns before it. */
  readonly totalColumn: boolean
}

export type Hidden = 'primary' | 'secondary' | undefined

/** A cell with the equations it stands in; vertex 0 stands for "no equation". */
interface Edge {
  readonly row: number
  readonly column: number
  readonly count: number
  readonly cost: number
  readonly ends: readonly [number, number]
}

/** An equation that shows its total. */
interface Line {
  readonly inner: readonly Edge[]
  readonly total: Edge
}

/** A zero is often known to be one, so it disguises little; a total hides more than its cell. */
const zeroCost = 1e6
const totalCost = 1e9

/**
 * What to hide in a grid of counts, cell by cell.
 *
 * @example hideCounts({ counts: [[12, 3], [9, 8], [21, 11]], totalRow: true, totalColumn: false }, 5)
 * // [[undefined, 'primary'], [undefined, 'secondary'], [undefined, undefined]]
 */
export function hideCounts(grid: CountGrid, minCell: number): Hidden[][] {
  const { edges, lines } = graphOf(grid)
  const hidden: Hidden[][] = grid.counts.map((line) => line.map((count) => (isSmall(count, minCell) ? 'primary' : undefined)))
  const isHidden = ({ row, column }: Edge): boolean => hidden[row]![column] !== undefined
  for (;;) {
    const exposed = cheapestOfThinLine(lines, isHidden, minCell) ?? cellsOfMissingCycle(edges, isHidden)
    if (exposed.length === 0) return hidden
    for (const { row, column } of exposed) hidden[row]![column] ??= 'secondary'
  }
}

/** True for counts that may not be shown; zero may. */
export function isSmall(count: number | null, minCell: number): boolean {
  return count !== null && count > 0 && count < minCell
}

function graphOf({ counts, totalRow, totalColumn }: CountGrid): { edges: Edge[]; lines: Line[] } {
  const [lastRow, lastColumn] = [counts.length - 1, (counts[0]?.length ?? 0) - 1]
  const rowHasTotal = (row: number): boolean => totalColumn && counts[row]![lastColumn] !== null
  const columnHasTotal = (column: number): boolean => totalRow && counts[lastRow]![column] !== null
  const edges = counts.flatMap((line, row) =>
    line.flatMap((count, column): Edge[] => {
      if (count === null) return []
      const totals = (totalRow && row === lastRow ? 1 : 0) + (totalColumn && column === lastColumn ? 1 : 0)
      const cost = (count === 0 ? zeroCost : count) + totals * totalCost
      return [
        { row, column, count, cost, ends: [rowHasTotal(row) ? 1 + row : 0, columnHasTotal(column) ? 2 + lastRow + column : 0] },
      ]
    }),
  )
  const along = (of: 'row' | 'column', last: number, hasTotal: (index: number) => boolean): Line[] =>
    [...new Set(edges.map((edge) => edge[of]))].filter(hasTotal).map((index) => {
      const other = of === 'row' ? 'column' : 'row'
      const line = edges.filter((edge) => edge[of] === index)
      return { inner: line.filter((edge) => edge[other] !== last), total: line.find((edge) => edge[other] === last)! }
    })
  return { edges, lines: [...along('row', lastColumn, rowHasTotal), ...along('column', lastRow, columnHasTotal)] }
}

/** The cheapest shown cell of a line that shows its total although its hidden cells add up to less than N. */
function cheapestOfThinLine(lines: readonly Line[], isHidden: (edge: Edge) => boolean, minCell: number): Edge[] | undefined {
  for (const { inner, total } of lines) {
    const away = inner.filter(isHidden)
    if (away.length === 0 || isHidden(total) || away.reduce((sum, edge) => sum + edge.count, 0) >= minCell) continue
    const shown = [...inner, total].filter((edge) => !isHidden(edge))
    return [shown.reduce((best, edge) => (edge.cost < best.cost ? edge : best))]
  }
  return undefined
}

/** Cells to hide so that the first hidden cell that is a bridge lies on a cycle of hidden cells; none when no one is. */
function cellsOfMissingCycle(edges: readonly Edge[], isHidden: (edge: Edge) => boolean): Edge[] {
  for (const edge of edges) {
    if (!isHidden(edge) || edge.ends[0] === edge.ends[1]) continue
    const way = cheapestWay(edges, edge, (other) => (isHidden(other) ? 0 : other.cost))
    const shown = way.filter((other) => !isHidden(other))
    if (shown.length > 0) return shown
  }
  return []
}

/** The edges of the cheapest way between the ends of an edge that does not use it (Dijkstra); none where there is no way. */
function cheapestWay(edges: readonly Edge[], without: Edge, cost: (edge: Edge) => number): Edge[] {
  const [start, goal] = without.ends
  const arrivals = new Map<number, { cost: number; by?: Edge; from?: number }>([[start, { cost: 0 }]])
  const settled = new Set<number>()
  for (;;) {
    const open = [...arrivals].filter(([vertex]) => !settled.has(vertex))
    if (open.length === 0) return []
    const [vertex, { cost: reached }] = open.reduce((best, candidate) => (candidate[1].cost < best[1].cost ? candidate : best))
    if (vertex === goal) break
    settled.add(vertex)
    for (const edge of edges) {
      if (edge === without || !edge.ends.includes(vertex)) continue
      const next = edge.ends[0] === vertex ? edge.ends[1] : edge.ends[0]
      const total = reached + cost(edge)
      if (total < (arrivals.get(next)?.cost ?? Infinity)) arrivals.set(next, { cost: total, by: edge, from: vertex })
    }
  }
  const way: Edge[] = []
  for (let at = arrivals.get(goal)!; at.by !== undefined; at = arrivals.get(at.from!)!) way.push(at.by)
  return way
}
