/** What is wrong with a schema beyond the shape of its document: everything it names must exist, and what it combines must fit. */
import type { Schema, TableColumn, TableSchema } from './schema.js'

/** Faults in the order of the document, each with its path; none for a good schema. */
export function* schemaFaults({ tables }: Schema): Generator<string> {
  for (const table of tables) {
    const faults = [...keyFaults(table), ...referenceFaults(table, tables), ...columnFaults(table)]
    for (const fault of faults) yield `tables.${table.name}.${fault}`
  }
}

function* keyFaults({ key, panel, columns }: TableSchema): Generator<string> {
  for (const column of key) if (!has(columns, column)) yield `key: ${noColumn(column)}`
  if (panel === undefined) return
  for (const column of [...panel.unit, panel.time]) if (!has(columns, column)) yield `panel: ${noColumn(column)}`
  const time = columns.find(({ name }) => name === panel.time)
  if (time !== undefined && time.type !== 'int') yield `panel.time: \`${panel.time}\` must be an int`
}

function* referenceFaults({ foreignKeys, columns }: TableSchema, tables: readonly TableSchema[]): Generator<string> {
  for (const { table, columns: own, references } of foreignKeys) {
    const other = tables.find(({ name }) => name === table)
    if (other === undefined) yield `foreignKeys: there is no table \`${table}\``
    if (own.length !== references.length) yield 'foreignKeys: columns and references differ in number'
    for (const column of own) if (!has(columns, column)) yield `foreignKeys: ${noColumn(column)}`
    for (const column of references) {
      if (other !== undefined && !has(other.columns, column)) yield `foreignKeys: \`${column}\` is not a column of \`${table}\``
    }
  }
}

function* columnFaults({ columns, files, header }: TableSchema): Generator<string> {
  const seen = new Set<string>()
  for (const column of columns) {
    const { name, from } = column
    if (seen.has(name.toLowerCase())) yield `columns: two columns are \`${name}\`, capitals apart`
    seen.add(name.toLowerCase())
    const without = isCapture(from) ? files.find((pattern) => !pattern.includes(from)) : undefined
    if (without !== undefined) yield `files: \`${without}\` does not capture ${from}`
    if (!header && typeof from === 'string' && !isCapture(from)) {
      yield `columns.${name}: without a header, \`from\` is the position of the column`
    }
    if (column.optional && column.required) yield `columns.${name}.optional: a column that is required cannot be lacking`
    for (const fault of differenceFaults(column, columns)) yield `columns.${name}.differsFrom: ${fault}`
    for (const fault of typeFaults(column)) yield `columns.${name}: ${fault}`
  }
}

function* differenceFaults(column: TableColumn, columns: readonly TableColumn[]): Generator<string> {
  if (column.differsFrom === undefined) return
  const other = columns.find(({ name }) => name === column.differsFrom)
  if (other === undefined) yield noColumn(column.differsFrom)
  else if (other === column) yield 'a column does not differ from itself'
  else if (other.type !== column.type) yield `\`${other.name}\` has another type`
}

function* typeFaults({ type, range, values, format, numbers }: TableColumn): Generator<string> {
  if (range !== undefined && !['int', 'float', 'date'].includes(type)) yield 'only int, float and date have a range'
  const limits = (range ?? []).filter((limit) => limit !== null)
  if (limits.some((limit) => (typeof limit === 'string') !== (type === 'date'))) {
    yield `the range of ${type === 'date' ? 'dates are dates such as "2005-12-31"' : 'numbers are numbers'}`
  }
  if (limits.length === 2 && limits[0]! > limits[1]!) yield 'the range ends before it begins'
  if (type === 'category' && values === undefined) yield 'a category needs its values'
  if (values !== undefined && (type === 'bool' || type === 'date')) yield `a ${type} has no list of values`
  if (values !== undefined && !Array.isArray(values) && type !== 'category') yield 'only a category may say what its values become'
  if (format !== undefined && type !== 'date') yield 'only a date has a format'
  if (numbers.decimal === numbers.thousands) yield 'decimal and thousands signs are the same'
}

/** `{year}`: the value comes from the file's name. */
export function isCapture(from: string | number): from is string {
  return typeof from === 'string' && /^\{\w+\}$/.test(from)
}

const has = (columns: readonly TableColumn[], name: string): boolean => columns.some((column) => column.name === name)
const noColumn = (name: string): string => `\`${name}\` is not a column of the table`
