/**
 * SQL as values. The `sql` tag is the only way to make SQL: text comes from our own source, identifiers are quoted, values
 * become literals, relations are embedded by reference. Nothing is rendered until an engine asks with its dialect.
 *
 * @example
 * const firms = relation('firms', { key: ['firm'] }, sql`SELECT firm, ${id(size)} AS size FROM ${panel} WHERE year = ${2005}`)
 */
import { ReshoreError } from '../errors.js'
import type { Relation, SeamType, Sql, SqlPart, SqlValue } from './records.js'

/** What `${…}` takes: an array is a comma-separated list of its items. */
export type SqlInput = Sql | Relation | SqlPart | SqlValue | readonly SqlInput[]

export type Separator = ', ' | ' ' | ' AND ' | ' OR ' | ' + ' | ' UNION ALL '

/**
 * A piece of SQL from a template. Strings, numbers, booleans and null are bound as literals, `id(…)` as a quoted identifier,
 * a relation by its name, another piece in place.
 *
 * @example sql`SELECT ${columns.map((name) => id(name))} FROM ${firms} WHERE province = ${province}`
 */
export function sql(text: TemplateStringsArray, ...inputs: readonly SqlInput[]): Sql {
  return { parts: text.flatMap((piece, index) => (index < inputs.length ? [piece, ...partsOf(inputs[index]!)] : [piece])) }
}

/** A quoted identifier; several names make a path: `id('f', 'year')` is `"f"."year"`. */
export function id(...path: readonly [string, ...string[]]): Sql {
  return { parts: [{ kind: 'identifier', path }] }
}

/** The engine's name of a seam type, for casts: `CAST(x AS ${type('float')})`. */
export function type(name: SeamType): Sql {
  return { parts: [{ kind: 'type', type: name }] }
}

/** Pieces with a separator between them; at least one piece. */
export function join(items: readonly SqlInput[], separator: Separator = ', '): Sql {
  if (items.length === 0) {
    throw new ReshoreError('EmptySqlListError', 'a list in a SQL template has no items', 'Give at least one item.')
  }
  return { parts: items.flatMap((item, index) => (index === 0 ? partsOf(item) : [separator, ...partsOf(item)])) }
}

/**
 * A named SELECT with the columns that identify a row. An empty key says that the result has one row.
 *
 * @example relation('prevalence', { key: ['year'] }, sql`SELECT year, avg(active) AS share FROM ${panel} GROUP BY year`)
 */
export function relation(name: string, options: { readonly key: readonly string[] }, query: Sql): Relation {
  return { name, key: options.key, query }
}

/** The relations a piece of SQL reads, each once, in the order of their first mention. */
export function inputsOf(query: Sql): readonly Relation[] {
  return [
    ...new Set(query.parts.flatMap((part) => (typeof part === 'object' && part.kind === 'relation' ? [part.relation] : [])))
  ]
}

function partsOf(input: SqlInput): readonly SqlPart[] {
  if (Array.isArray(input)) return join(input as readonly SqlInput[]).parts
  if (input === null || typeof input !== 'object') return [{ kind: 'value', value: input as SqlValue }]
  if ('parts' in input) return input.parts
  if ('query' in input) return [{ kind: 'relation', relation: input }]
  return [input as SqlPart]
}
