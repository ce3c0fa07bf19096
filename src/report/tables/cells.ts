/**
 * What a cell prints, before any markup: a body that is right-aligned and a tail (closing bracket, stars) that hangs behind it,
 * so that numbers stand under each other whatever surrounds them. Every renderer starts from these.
 */
import { formatNumber } from './numbers.js'
import type { ColumnRole, DetailedCell, TableCell, TableColumn, TableModel, TableNote, TableRow } from './records.js'

/** Shown in place of a masked value, after the shorthand of official statistics for "confidential". */
export const maskedText = '[c]'

export interface PrintedCell {
  readonly body: string
  readonly tail: string
  readonly stars: number
  /** Digits of empty room behind the body; the tail may stand in it. */
  readonly pad: number
  readonly numeric: boolean
  readonly masked: boolean
  readonly switched: boolean
}

/** The cell as a record, whatever short form it was given in. */
export function detailed(cell: TableCell): DetailedCell {
  return cell !== null && typeof cell === 'object' ? cell : { value: cell }
}

function printCell(cell: TableCell, column: TableColumn): PrintedCell {
  const { value, format, stars = 0, brackets, upper, pad = 0, switched = false, masked = false } = detailed(cell)
  const numeric = typeof value === 'number'
  const style = format ?? column.format
  let body = masked ? maskedText : value === null ? '' : numeric ? formatNumber(value, style) : flat(value)
  if (upper !== undefined && !masked) body = `${body}, ${formatNumber(upper, style)}`
  const [open, close] =
    brackets === undefined || body === '' || masked ? ['', ''] : brackets === 'round' ? ['(', ')'] : ['[', ']']
  return {
    body: open + body,
    tail: close,
    stars: masked ? 0 : stars,
    pad: masked ? 0 : pad,
    numeric: numeric || masked,
    masked,
    switched,
  }
}

/** Text on one line: data may hold line breaks and control characters. */
export function flat(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
}

export function roleOf(table: TableModel, index: number): ColumnRole {
  return table.columns[index]!.role ?? (index === 0 ? 'label' : 'statistic')
}

/** Alignment of a column: as declared, else by what most of its cells are. */
export function alignmentOf(table: TableModel, index: number): 'left' | 'right' | 'center' {
  const { align } = table.columns[index]!
  if (align !== undefined) return align
  if (roleOf(table, index) === 'label') return 'left'
  const values = table.rows.flatMap((row) => (row.kind === 'section' ? [] : [detailed(row.cells[index] ?? null)]))
  const numbers = values.filter((cell) => typeof cell.value === 'number' || cell.masked === true).length
  const texts = values.filter((cell) => typeof cell.value === 'string').length
  return numbers > 0 || texts === 0 ? 'right' : 'left'
}

/** The printed cells of a row, one for each column: short rows are filled with empty cells. */
export function printRow(table: TableModel, row: TableRow): PrintedCell[] {
  return table.columns.map((column, index) => printCell(row.cells[index] ?? null, column))
}

/** A note as a sentence. */
export function noteText(note: TableNote): string {
  if (typeof note === 'string') return note
  const count = (rows: number | null): string => (rows === null ? maskedText : formatNumber(rows, 'integer'))
  const dropped = note.dropped.filter(({ rows }) => rows !== 0).map(({ reason, rows }) => `${reason} (${count(rows)})`)
  const left = dropped.length === 0 ? 'none dropped' : `dropped: ${dropped.join(', ')}`
  return `${note.for === '' ? '' : `${note.for}: `}${count(note.used)} of ${count(note.read)} rows used; ${left}.`
}

/** True where some heading has a second line. */
export function hasSublabels(table: TableModel): boolean {
  return table.columns.some((column) => column.sublabel !== undefined)
}
