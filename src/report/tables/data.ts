/** Tables of data: objects as rows, columns in a given order, formats by column. */
import { ReshoreError } from '../../errors.js'
import type { CellValue, TableColumn, TableModel, TableRow } from './records.js'

export interface DataTableOptions {
  /** Which keys become columns, in order; a string stands for a column with that key and label. Default: keys of the first row. */
  readonly columns?: readonly (string | (Partial<TableColumn> & { readonly key: string }))[]
  /** Key that holds the number of units behind a row, for `--min-cell`; shown only when it is also a column. */
  readonly units?: string
  /** Row of sums of the `count` columns at the foot. Default: none. */
  readonly total?: string
  readonly notes?: readonly string[]
  readonly unitName?: string
}

/** Values a cell takes; booleans print as yes and no, whole bigints as numbers, dates as days. */
export type DataValue = CellValue | undefined | boolean | bigint | Date

/**
 * A table from row objects.
 *
 * @example dataTable('firms', 'Firms', rows, { columns: ['province', { key: 'firms', role: 'count' }], total: 'All' })
 */
export function dataTable(
  id: string,
  title: string,
  data: readonly Readonly<Record<string, DataValue>>[],
  options: DataTableOptions = {},
): TableModel {
  const columns = (options.columns ?? Object.keys(data[0] ?? {})).map(asColumn)
  if (columns.length === 0)
    throw new ReshoreError('TableError', `Table ${id} has no columns.`, 'Name its columns, or give at least one row.', 2)
  const rows: TableRow[] = data.map((row, index) => ({
    cells: columns.map(({ key }) => cellOf(row, key, `${id}, row ${index + 1}`)),
    units: options.units === undefined ? undefined : unitsOf(row[options.units], `${id}, row ${index + 1}`),
  }))
  return {
    kind: 'table',
    id,
    title,
    columns,
    notes: options.notes ?? [],
    unitName: options.unitName,
    rows: options.total === undefined ? rows : [...rows, totalRow(options.total, columns, rows)],
  }
}

function asColumn(column: string | (Partial<TableColumn> & { readonly key: string })): TableColumn {
  return typeof column === 'string' ? { key: column, label: column } : { label: column.key, ...column }
}

function cellOf(row: Readonly<Record<string, DataValue>>, key: string, place: string): CellValue {
  if (!(key in row)) throw new ReshoreError('TableError', `${place} has no ${key}.`, 'Give null where there is no value.', 2)
  const value = row[key]
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'bigint') return Number(value)
  return value instanceof Date ? value.toISOString().slice(0, 10) : value
}

function unitsOf(value: DataValue, place: string): number {
  const units = Number(value)
  if (value !== null && value !== undefined && Number.isFinite(units)) return units
  throw new ReshoreError(
    'TableError',
    `${place} does not say how many units it rests on.`,
    'Give the count of units for every row.',
    2,
  )
}

/** Sums of counts and totals; other columns stay empty. */
function totalRow(label: string, columns: readonly TableColumn[], rows: readonly TableRow[]): TableRow {
  const cells = columns.map(({ role }, index) => {
    if (index === 0) return label
    if (role !== 'count' && role !== 'total') return null
    return rows.reduce((sum, row) => sum + Number(row.cells[index] ?? 0), 0)
  })
  return { kind: 'total', cells }
}
