/** A table as aligned plain text: fixed width, numbers under each other, notes wrapped to the width of the table. */
import { alignmentOf, flat, hasSublabels, noteText, printRow } from './cells.js'
import type { PrintedCell } from './cells.js'
import type { TableModel } from './records.js'

const gap = '  '
const narrowestNotes = 72

type Alignment = 'left' | 'right' | 'center'

interface Layout {
  readonly body: readonly number[]
  readonly tail: readonly number[]
  readonly align: readonly Alignment[]
}

/**
 * The table in plain text, ending in a line break.
 *
 * @example renderText(regressionTable('table-2', 'Entry', [logit, probit]))
 */
export function renderText(table: TableModel): string {
  const rows = table.rows.map((row) => ({ row, cells: printRow(table, row) }))
  const layout = layoutOf(
    table,
    rows.filter(({ row }) => row.kind !== 'section').map(({ cells }) => cells),
  )
  const widths = layout.body.map((body, index) => body + layout.tail[index]!)
  const total = sum(widths) + gap.length * (widths.length - 1)
  const lines = [...wrap(flat(table.title), Math.max(total, narrowestNotes)), '═'.repeat(total)]
  if (table.spanners !== undefined) lines.push(...spannerLines(table.spanners, widths))
  lines.push(
    headingLine(
      table.columns.map((column) => flat(column.label)),
      layout,
    ),
  )
  if (hasSublabels(table))
    lines.push(
      headingLine(
        table.columns.map((column) => flat(column.sublabel ?? '')),
        layout,
      ),
    )
  lines.push('─'.repeat(total))
  for (const { row, cells } of rows) {
    if (row.rule || row.kind === 'total') lines.push('─'.repeat(total))
    lines.push(
      row.kind === 'section'
        ? cells[0]!.body
        : cells
            .map((cell, index) => placed(cell, layout, index))
            .join(gap)
            .trimEnd(),
    )
  }
  lines.push('═'.repeat(total), ...table.notes.flatMap((note) => wrap(flat(noteText(note)), Math.max(total, narrowestNotes))))
  return `${lines.join('\n')}\n`
}

const wideForms = new RegExp(
  '[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f]|' +
    '[\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]',
  'u',
)

/** Columns a text takes in a fixed-width font: East Asian wide forms take two, combining marks none. */
export function displayWidth(text: string): number {
  return [...text].reduce((width, character) => width + (/\p{Mn}/u.test(character) ? 0 : wideForms.test(character) ? 2 : 1), 0)
}

function layoutOf(table: TableModel, rows: readonly (readonly PrintedCell[])[]): Layout {
  const align = table.columns.map((_, index) => alignmentOf(table, index))
  const tail = table.columns.map((_, index) =>
    align[index] === 'right' ? Math.max(0, ...rows.map((cells) => tailText(cells[index]!).length - cells[index]!.pad)) : 0,
  )
  const body = table.columns.map((column, index) => {
    const widths = rows.map(
      (cells) =>
        displayWidth(cells[index]!.body) + (align[index] === 'right' ? cells[index]!.pad : tailText(cells[index]!).length),
    )
    const heading = Math.max(displayWidth(flat(column.label)), displayWidth(flat(column.sublabel ?? ''))) - tail[index]!
    return Math.max(1, heading, ...widths)
  })
  return { body, tail, align }
}

function tailText(cell: PrintedCell): string {
  return (cell.switched ? ' ◂' : '') + cell.tail + '*'.repeat(cell.stars)
}

function placed(cell: PrintedCell, layout: Layout, index: number): string {
  const [body, tail, align] = [layout.body[index]!, layout.tail[index]!, layout.align[index]!]
  if (align !== 'right') return padded(cell.body + tailText(cell), body, align)
  return padded(cell.body, body - cell.pad, 'right') + padded(tailText(cell), tail + cell.pad, 'left')
}

function headingLine(labels: readonly string[], layout: Layout): string {
  return labels
    .map((label, index) => padded(label, layout.body[index]! + layout.tail[index]!, layout.align[index]!))
    .join(gap)
    .trimEnd()
}

function spannerLines(spanners: NonNullable<TableModel['spanners']>, widths: readonly number[]): string[] {
  let column = 0
  const cells = spanners.map(({ label, span }) => {
    const width = sum(widths.slice(column, column + span)) + gap.length * (span - 1)
    column += span
    return { text: padded(flat(label), width, 'center'), rule: (label === '' ? ' ' : '─').repeat(width) }
  })
  return [
    cells
      .map((cell) => cell.text)
      .join(gap)
      .trimEnd(),
    cells
      .map((cell) => cell.rule)
      .join(gap)
      .trimEnd(),
  ]
}

function padded(text: string, width: number, align: Alignment): string {
  const space = Math.max(0, width - displayWidth(text))
  const before = align === 'left' ? 0 : align === 'right' ? space : space >> 1
  return ' '.repeat(before) + text + ' '.repeat(space - before)
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
