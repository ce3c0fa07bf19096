/** The same as a relation: entries of dated lists with the unit each of them is, and the pairs that made it so. */
import { Dictionary, Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import { id, relation, sql } from '../../engine/index.js'
import type { Engine, Relation } from '../../engine/records.js'
import type { ListedPlace, MatchOptions } from './matchLists.js'
import { trackLists, type TrackedLists } from './trackLists.js'

export interface ListColumns {
  /** Integer column that orders the lists. */
  readonly list: string
  /** Integer column that tells the rows of a list apart. */
  readonly row: string
  readonly name: string
  /** Put together in this order; missing ones are left out. */
  readonly address: readonly string[]
  /** Only rows that agree here are matched. */
  readonly block: string
}

export interface ListedUnits {
  /** Keyed by list and row: `unit`. */
  readonly units: Relation
  /**
   * Keyed by `to_list` and `to_row`: `from_list`, `from_row`, `pass`, `name_score`, `address_score`. The other rows of a list are
   * units of their own, first listed there.
   */
  readonly pairs: Relation
  /** Rows of the lists, in order of list and row, behind `tracked`'s positions. */
  readonly lists: readonly { readonly list: number; readonly rows: readonly number[]; readonly places: readonly ListedPlace[] }[]
  readonly tracked: TrackedLists
}

/**
 * Units of dated lists in one relation, matched by name and address (`matchLists`).
 *
 * @example
 * const { units } = await listedUnits(engine, lists, { list: 'wave', row: 'row', name: 'factory', address: ['address', 'city'], block: 'country' })
 */
export async function listedUnits(
  engine: Engine, lists: Relation, columns: ListColumns, options: MatchOptions = {},
): Promise<ListedUnits> {
  const text = [columns.name, columns.block, ...columns.address]
  const table = await engine.query(relation('places', { key: [columns.list, columns.row] }, sql`
    SELECT ${[columns.list, columns.row, ...text].map((name) => id(name))} FROM ${lists}`))
  const cells = (name: string): readonly unknown[] => [...table.getChild(name)!]
  const [list, row] = [cells(columns.list).map(Number), cells(columns.row).map(Number)]
  const [names, blocks, ...address] = text.map((name) => cells(name).map((cell) => (cell === null ? '' : String(cell))))
  const numbers = [...new Set(list)].sort((a, b) => a - b)
  const read = numbers.map((number) => {
    const at = list.flatMap((other, index) => (other === number ? [index] : []))
    const places = at.map((index) =>
      ({ name: names![index]!, block: blocks![index]!, address: address.map((part) => part[index]!).join(' ') }))
    return { list: number, rows: at.map((index) => row[index]!), places }
  })
  const tracked = trackLists(read.map(({ places }) => places), options)
  const units = new Table({
    [columns.list]: integers(read.flatMap(({ list: number, rows }) => rows.map(() => number))),
    [columns.row]: integers(read.flatMap(({ rows }) => rows)),
    unit: integers(tracked.units.flatMap((list) => [...list])),
  })
  const { pairs } = tracked
  const matches = new Table({
    to_list: integers(pairs.map((pair) => read[pair.toList]!.list)), to_row: integers(pairs.map((pair) => read[pair.toList]!.rows[pair.right]!)),
    from_list: integers(pairs.map((pair) => read[pair.fromList]!.list)), from_row: integers(pairs.map((pair) => read[pair.fromList]!.rows[pair.left]!)),
    pass: vectorFromArray(pairs.map(({ pass }) => pass as string), new Dictionary(new Utf8(), new Int32())),
    name_score: scores(pairs.map(({ name }) => name)), address_score: scores(pairs.map(({ address: score }) => score)),
  })
  return {
    units: engine.register(units, { key: [columns.list, columns.row], name: 'units' }),
    pairs: engine.register(matches, { key: ['to_list', 'to_row'], name: 'pairs' }),
    lists: read, tracked,
  }
}

const integers = (values: readonly number[]) => vectorFromArray(Int32Array.from(values))
const scores = (values: readonly number[]) => vectorFromArray(Float64Array.from(values))
