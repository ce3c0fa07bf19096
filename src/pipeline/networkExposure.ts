/**
 * Values that run through a network, as relations: total foreign exposure of firms, s + S s + S² s + …, and upstreamness of
 * industries. The network leaves the engine as arrays of integers, `numerics/leontief` solves it, and the result goes back.
 */
import { makeVector, Table, type Vector } from 'apache-arrow'
import { ReshoreError } from '../errors.js'
import { relation, sql, type ArrowTable, type Engine, type Relation } from '../engine/index.js'
import { solveLeontief, type SparseRows } from '../numerics/leontief.js'

export interface NetworkExposure {
  /** Keyed by `firm`: `direct`, `total` and `indirect` = total − direct. */
  readonly rows: Relation
  readonly firms: number
  readonly links: number
  readonly iterations: number
}

/**
 * Total foreign exposure of every firm that buys, sells or imports. `shares` has `buyer`, `supplier`, `share`; `direct` has `firm`,
 * `share`. A firm without direct share has 0. Shares of a buyer that, with its direct share, sum to more than one are a
 * `SharesError`; a network that does not settle (firms that buy everything from one another) a `NetworkError`.
 *
 * @example const { rows } = await networkExposure(engine, networkShares(sources, options), directShares(sources, options))
 */
export async function networkExposure(engine: Engine, shares: Relation, direct: Relation): Promise<NetworkExposure> {
  const network = await loadNetwork(engine, shares, direct)
  const { values, iterations } = solved(network, shares.name, 1)
  const indirect = values.map((value, row) => value - network.direct[row]!)
  const table = new Table({
    firm: network.names, direct: floats(network.direct), total: floats(values), indirect: floats(indirect),
  })
  const rows = engine.register(table, { key: ['firm'], name: 'network_exposure' })
  return { rows, firms: values.length, links: network.rows.values.length, iterations }
}

/**
 * Upstreamness of industries, keyed by `industry`: U_i = 1 + Σ_j δ_ij U_j with δ_ij the share of i's output that j uses as input.
 * `uses` has `industry`, `using_industry`, `share`: flows over output, after whatever correction for trade and stocks.
 *
 * @example const { rows } = await upstreamness(engine, uses)
 */
export async function upstreamness(engine: Engine, uses: Relation): Promise<{ readonly rows: Relation; readonly iterations: number }> {
  const edges = relation('uses', { key: ['buyer', 'supplier'] }, sql`SELECT industry AS buyer, using_industry AS supplier, share FROM ${uses}`)
  const ones = relation('ones', { key: ['firm'] }, sql`
    SELECT buyer AS firm, 1e0 AS share FROM ${edges} UNION SELECT supplier, 1e0 FROM ${edges}`)
  const network = await loadNetwork(engine, edges, ones)
  const { values, iterations } = solved(network, uses.name, Infinity)
  const table = new Table({ industry: network.names, upstreamness: floats(values) })
  return { rows: engine.register(table, { key: ['industry'], name: 'upstreamness' }), iterations }
}

interface Network {
  readonly names: Vector
  readonly rows: SparseRows
  readonly direct: Float64Array
}

/** Nodes are numbered in the order of their names. */
async function loadNetwork(engine: Engine, shares: Relation, direct: Relation): Promise<Network> {
  const nodes = relation('nodes', { key: ['firm'] }, sql`
    SELECT buyer AS firm FROM ${shares} UNION SELECT supplier FROM ${shares} UNION SELECT firm FROM ${direct}`)
  const numbered = await engine.keep(relation('numbered_nodes', { key: ['place'] }, sql`
    SELECT n.firm, CAST(row_number() OVER (ORDER BY n.firm) - 1 AS INTEGER) AS place FROM ${nodes} AS n WHERE n.firm IS NOT NULL`))
  try {
    const named = await engine.query(relation('named', { key: ['place'] }, sql`
      SELECT n.place, n.firm, coalesce(d.share, 0e0) AS share FROM ${numbered} AS n LEFT JOIN ${direct} AS d ON d.firm = n.firm`))
    const edges = await engine.query(relation('edges', { key: ['row_place', 'column_place'] }, sql`
      SELECT b.place AS row_place, s.place AS column_place, CAST(e.share AS DOUBLE) AS share
      FROM ${shares} AS e JOIN ${numbered} AS b ON b.firm = e.buyer JOIN ${numbered} AS s ON s.firm = e.supplier WHERE e.share <> 0`))
    const rows = sparseRows(integers(edges, 'row_place'), integers(edges, 'column_place'), numbers(edges, 'share'), named.numRows)
    return { names: named.getChild('firm')!, direct: numbers(named, 'share'), rows }
  } finally {
    await engine.release(numbered)
  }
}

function sparseRows(places: Int32Array, columns: Int32Array, values: Float64Array, rows: number): SparseRows {
  const starts = new Int32Array(rows + 1)
  for (const place of places) starts[place + 1]!++
  for (let row = 0; row < rows; row++) starts[row + 1]! += starts[row]!
  return { starts, columns, values }
}

/** Shares that are rounded may miss one by so much. */
const rounding = 1e-6

/** `most`: what the shares of a row and its direct value may sum to (stocks that shrink let uses exceed output). */
function solved({ names, rows, direct }: Network, relationName: string, most: number) {
  for (let row = 0; row < direct.length; row++) {
    let sum = direct[row]!
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) {
      if (!(rows.values[at]! >= 0)) throw sharesError(`those of \`${names.get(row)}\` have a negative one, ${rows.values[at]}`, relationName)
      sum += rows.values[at]!
    }
    if (sum > most + rounding) throw sharesError(`those of \`${names.get(row)}\` sum to ${sum} with its direct share`, relationName)
  }
  const solution = solveLeontief(rows, direct)
  if (solution.converged) return solution
  throw new ReshoreError(
    'NetworkError',
    `exposure through \`${relationName}\` does not settle in ${solution.iterations} iterations`,
    'Some units buy everything from one another: divide by total purchases, including what comes from outside the network.',
  )
}

function sharesError(what: string, relationName: string): ReshoreError {
  return new ReshoreError(
    'SharesError', `shares in \`${relationName}\` are no shares: ${what}`,
    'Divide by total purchases (for upstreamness: by output), or correct the table.',
  )
}

const integers = (table: ArrowTable, name: string): Int32Array => table.getChild(name)!.toArray() as Int32Array
const numbers = (table: ArrowTable, name: string): Float64Array => table.getChild(name)!.toArray() as Float64Array
const floats = (values: Float64Array): Vector => makeVector(values)
