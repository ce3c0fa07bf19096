/**
 * `--min-cell` for tables. Hidden are: counts of 1 to N−1 units; the statistics of a row, column or cell that rests on so few;
 * whatever follows a hidden count; and further counts where a total would give a hidden one away (`complementary.ts`).
 * Each table is protected by itself: the same counts printed in two tables with different breakdowns are the author's business.
 */
import { detailed, maskedText, roleOf } from '../tables/cells.js'
import type { TableCell, TableModel, TableNote, TableRow } from '../tables/records.js'
import { hideCounts, isSmall } from './complementary.js'
import type { CountGrid, Hidden } from './complementary.js'

export interface MaskedTable {
  readonly table: TableModel
  readonly primary: number
  readonly secondary: number
}

/**
 * The table with its small cells hidden, a note that says so, and how many there were.
 *
 * @example const { table, primary } = maskTable(firmsByProvince, 5)
 */
export function maskTable(table: TableModel, minCell: number): MaskedTable {
  const marks: Hidden[][] = table.rows.map(() => table.columns.map(() => undefined))
  markCounts(table, minCell, marks)
  markStatistics(table, minCell, marks)
  markFollowers(table, marks)
  const rows = table.rows.map((row, index) => maskRow(row, marks[index]!))
  const notes = table.notes.map((note) => maskNote(note, minCell))
  const hidden = table.rows.flatMap(({ cells }, index) =>
    marks[index]!.filter((mark, column) => mark !== undefined && holdsValue(cells[column])),
  )
  const primary = hidden.filter((mark) => mark === 'primary').length + notes.reduce((sum, note) => sum + note.primary, 0)
  const secondary =
    hidden.length - hidden.filter((mark) => mark === 'primary').length + notes.reduce((sum, note) => sum + note.secondary, 0)
  const kept = notes.map(({ note }) => note)
  if (primary + secondary === 0) return { table, primary, secondary }
  return {
    table: { ...table, rows, notes: [...kept, explanation(table.unitName ?? 'firms', minCell, primary, secondary)] },
    primary,
    secondary,
  }
}

/** Counts along one line that add up to a total which is shown elsewhere: the flow of rows, the shares of outcomes. */
export function maskParts(parts: readonly (number | null)[], total: number | null, minCell: number): Hidden[] {
  const hidden = hideCounts(
    { counts: [...parts, total].map((count) => [count]), totalRow: total !== null, totalColumn: false },
    minCell,
  )
  return hidden.slice(0, -1).map(([mark]) => mark)
}

/** Blocks of rows that end in a total row or at a section, times groups of count columns that end in a total column. */
function markCounts(table: TableModel, minCell: number, marks: Hidden[][]): void {
  const groups = columnGroups(table)
  for (const block of rowBlocks(table)) {
    for (const group of groups) {
      const counts = block.rows.map((row) => group.columns.map((column) => numberIn(table.rows[row]!.cells[column])))
      const grid: CountGrid = { counts, totalRow: block.total, totalColumn: group.total }
      for (const [line, found] of hideCounts(grid, minCell).entries()) {
        for (const [position, mark] of found.entries()) marks[block.rows[line]!]![group.columns[position]!] = mark
      }
    }
  }
}

function rowBlocks(table: TableModel): { rows: number[]; total: boolean }[] {
  const blocks: { rows: number[]; total: boolean }[] = []
  let rows: number[] = []
  const close = (total: boolean): void => {
    if (rows.length > 0) blocks.push({ rows, total })
    rows = []
  }
  for (const [index, { kind = 'data' }] of table.rows.entries()) {
    if (kind === 'section') close(false)
    if (kind === 'data' || kind === 'total') rows.push(index)
    if (kind === 'total') close(true)
  }
  close(false)
  return blocks
}

function columnGroups(table: TableModel): { columns: number[]; total: boolean }[] {
  const groups: { columns: number[]; total: boolean }[] = []
  let columns: number[] = []
  for (const index of table.columns.keys()) {
    const role = roleOf(table, index)
    if (role === 'count' || role === 'total') columns.push(index)
    if (role === 'total') {
      groups.push({ columns, total: true })
      columns = []
    }
  }
  return columns.length > 0 ? [...groups, { columns, total: false }] : groups
}

/** Statistics of small rows and columns, counts outside count columns. Rows below share the fate of the row above. */
function markStatistics(table: TableModel, minCell: number, marks: Hidden[][]): void {
  let units: number | undefined
  for (const [index, row] of table.rows.entries()) {
    if (row.kind !== 'below') units = row.units
    for (const [column, { units: columnUnits }] of table.columns.entries()) {
      const role = roleOf(table, column)
      if (role === 'label') continue
      const cell = detailed(row.cells[column] ?? null)
      const few = role === 'statistic' && (isSmall(units ?? null, minCell) || isSmall(columnUnits ?? null, minCell))
      if (few || (cell.count && isSmall(numberIn(cell), minCell))) marks[index]![column] = 'primary'
    }
  }
}

function markFollowers(table: TableModel, marks: Hidden[][]): void {
  for (const [column, { follows }] of table.columns.entries()) {
    const leader = table.columns.findIndex(({ key }) => key === follows)
    if (leader < 0) continue
    for (const line of marks) line[column] ??= line[leader]
  }
}

function maskRow(row: TableRow, marks: readonly Hidden[]): TableRow {
  if (marks.every((mark) => mark === undefined)) return row
  const cells = row.cells.map((cell, index) =>
    marks[index] === undefined || !holdsValue(cell) ? cell : { value: null, masked: true },
  )
  return { ...row, cells, units: undefined }
}

function maskNote(note: TableNote, minCell: number): { note: TableNote; primary: number; secondary: number } {
  if (typeof note === 'string') return { note, primary: 0, secondary: 0 }
  const counts = [note.used, ...note.dropped.map(({ rows }) => rows)]
  const marks = maskParts(counts, note.read, minCell)
  const [used, ...dropped] = counts.map((count, index) => (marks[index] === undefined ? count : null))
  return {
    note: { ...note, used: used!, dropped: note.dropped.map(({ reason }, index) => ({ reason, rows: dropped[index]! })) },
    primary: marks.filter((mark) => mark === 'primary').length,
    secondary: marks.filter((mark) => mark === 'secondary').length,
  }
}

function explanation(unitName: string, minCell: number, primary: number, secondary: number): string {
  const also = secondary === 0 ? '' : `; ${secondary} more, so that none of them can be computed from the others`
  return `${maskedText}: confidential, fewer than ${minCell} ${unitName} (${primary} hidden${also}).`
}

function numberIn(cell: TableCell | undefined): number | null {
  const { value } = detailed(cell ?? null)
  return typeof value === 'number' ? value : null
}

function holdsValue(cell: TableCell | undefined): boolean {
  return detailed(cell ?? null).value !== null
}
