/**
 * Relations to one SQL statement: every relation becomes a common table expression, once, after those it reads.
 * Two relations that say the same are one; two that share a name and differ get numbered names.
 */
import type { Dialect, Relation, Sql } from './records.js'
import { inputsOf } from './sql.js'

interface Rendered {
  readonly alias: string
  readonly body: string
}

/** The statement that selects all rows of a relation, in key order where it has a key. */
export function renderRelation(relation: Relation, dialect: Dialect): string {
  const expressions = commonTableExpressions(relation, dialect)
  const last = expressions.at(-1)!
  const list = expressions.map(({ alias, body }) => `${dialect.identifier(alias)} AS (\n${body}\n)`).join(',\n')
  const order = relation.key.map((column) => `${dialect.identifier(column)} ASC NULLS LAST`).join(', ')
  return `WITH ${list}\nSELECT * FROM ${dialect.identifier(last.alias)}${order === '' ? '' : `\nORDER BY ${order}`}`
}

/** SQL text of a piece; `alias` names the relations in it. */
export function renderSql(query: Sql, dialect: Dialect, alias: (relation: Relation) => string): string {
  return query.parts
    .map((part) => {
      if (typeof part === 'string') return part
      if (part.kind === 'identifier') return part.path.map((name) => dialect.identifier(name)).join('.')
      if (part.kind === 'value') return dialect.literal(part.value)
      if (part.kind === 'type') return dialect.type(part.type)
      return dialect.identifier(alias(part.relation))
    })
    .join('')
}

/** All relations a relation stands on, itself last. */
export function lineage(relation: Relation): readonly Relation[] {
  const seen = new Set<Relation>()
  const visit = (current: Relation): void => {
    if (seen.has(current)) return
    for (const input of inputsOf(current.query)) visit(input)
    seen.add(current)
  }
  visit(relation)
  return [...seen]
}

function commonTableExpressions(relation: Relation, dialect: Dialect): readonly Rendered[] {
  const aliases = new Map<Relation, string>()
  const bySaying = new Map<string, string>()
  const taken = new Set<string>()
  const rendered: Rendered[] = []
  for (const current of lineage(relation)) {
    const body = renderSql(current.query, dialect, (input) => aliases.get(input)!)
    const saying = `${current.name}\u0000${body}`
    const known = bySaying.get(saying)
    const alias = known ?? freeName(current.name, taken)
    aliases.set(current, alias)
    if (known !== undefined) continue
    bySaying.set(saying, alias)
    taken.add(alias.toLowerCase())
    rendered.push({ alias, body })
  }
  return rendered
}

/** SQL compares identifiers without case. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let candidate = name
  for (let suffix = 2; taken.has(candidate.toLowerCase()); suffix++) candidate = `${name}_${suffix}`
  return candidate
}
