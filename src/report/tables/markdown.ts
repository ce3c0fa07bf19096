/** A table in GitHub's Markdown. Text from data is escaped, so that it can make neither markup nor HTML. */
import { alignmentOf, flat, noteText, printRow } from './cells.js'
import type { PrintedCell } from './cells.js'
import type { TableModel } from './records.js'

/** The table in Markdown, ending in a line break; spanning headings are put before the headings they span. */
export function renderMarkdown(table: TableModel): string {
  const spanner = spannerOf(table)
  const heading = table.columns.map(({ label, sublabel }, index) => {
    const name = spanner[index] === '' ? escapeMarkdown(label) : `${escapeMarkdown(spanner[index]!)}: ${escapeMarkdown(label)}`
    return sublabel === undefined ? name : `${name}<br>*${escapeMarkdown(sublabel)}*`
  })
  const rules = table.columns.map((_, index) => ({ left: ':---', right: '---:', center: ':---:' })[alignmentOf(table, index)])
  const body = table.rows.map((row) => {
    const cells = printRow(table, row).map(cellText)
    return line(row.kind === 'section' || row.kind === 'total' ? cells.map((cell) => (cell === '' ? '' : `**${cell}**`)) : cells)
  })
  const notes = table.notes.map((note) => `\n${escapeMarkdown(noteText(note))}\n`)
  return [`**${escapeMarkdown(table.title)}**\n\n`, line(heading), line(rules), ...body, ...notes].join('')
}

/** Text that Markdown prints as it stands. */
export function escapeMarkdown(text: string): string {
  return flat(text)
    .replace(/[\\`*_{}[\]|~#$]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:\/\//g, ':\u200b//')
}

function cellText(cell: PrintedCell): string {
  const text = escapeMarkdown(cell.body + cell.tail) + '\\*'.repeat(cell.stars)
  return cell.switched ? `**${text}**` : text
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

function spannerOf(table: TableModel): string[] {
  const labels = (table.spanners ?? []).flatMap(({ label, span }) => Array.from({ length: span }, () => label))
  return table.columns.map((_, index) => labels[index] ?? '')
}
