/** A table as CSV in full precision: for machines and spreadsheets, so text a spreadsheet would run as a formula is disarmed. */
import { detailed, flat, maskedText } from './cells.js'
import type { TableCell, TableModel } from './records.js'

/**
 * The table as CSV (comma, UTF-8, point decimals, CRLF-free), one heading row. Notes and spanning headings are left out;
 * an interval is one cell `[lower, upper]`.
 */
export async function renderCsv(table: TableModel): Promise<string> {
  const { writeToString } = await import('fast-csv')
  const heading = table.columns.map(({ key, label, sublabel }) =>
    escapeCsv(sublabel === undefined ? label || key : `${label} (${sublabel})`),
  )
  const rows = table.rows.map((row) => table.columns.map((_, index) => csvCell(row.cells[index] ?? null)))
  return writeToString([heading, ...rows], { headers: false, includeEndRowDelimiter: true, rowDelimiter: '\n' })
}

/**
 * Text that no spreadsheet takes for a formula: an apostrophe goes before `=`, `+`, `-`, `@` (also full-width) at the start.
 * Quoting is the writer's business.
 */
export function escapeCsv(text: string): string {
  const line = flat(text)
  return /^[=+\-@＝＋－＠]/.test(line) ? `'${line}` : line
}

function csvCell(cell: TableCell): string {
  const { value, upper, masked } = detailed(cell)
  if (masked) return maskedText
  if (value === null) return ''
  if (upper !== undefined) return `[${value}, ${upper}]`
  return typeof value === 'number' ? String(value) : escapeCsv(value)
}
