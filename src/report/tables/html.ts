/** A table as an HTML fragment: semantic headings, no inline style, text escaped. The page's style sheet does the rest. */
import { alignmentOf, hasSublabels, noteText, printRow, roleOf } from './cells.js'
import type { PrintedCell } from './cells.js'
import type { TableModel, TableRow } from './records.js'

/** The `<table>` with its caption and, after it, its notes. */
export function renderHtml(table: TableModel): string {
  const head = [spannerRow(table), headingRow(table, 'label'), hasSublabels(table) ? headingRow(table, 'sublabel') : ''].join('')
  const body = table.rows.map((row) => bodyRow(table, row)).join('\n')
  const notes = table.notes.length === 0 ? '' : `\n<div class="table-notes">${table.notes.map((note) => `<p>${escapeHtml(noteText(note))}</p>`).join('')}</div>`
  const hangs = table.rows.some((row) => printRow(table, row).some(({ tail, stars }) => tail !== '' || stars > 0))
  return `<table id="${escapeHtml(table.id)}"${hangs ? ' class="hangs"' : ''}><caption>${escapeHtml(table.title)}</caption>\n<thead>${head}</thead>\n<tbody>\n${body}\n</tbody></table>${notes}`
}

/** Text for HTML, also inside quoted attributes. Control characters HTML does not allow become spaces. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/g, ' ')
    .replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function spannerRow(table: TableModel): string {
  if (table.spanners === undefined) return ''
  const cells = table.spanners.map(({ label, span }) =>
    label === '' ? `<td${span === 1 ? '' : ` colspan="${span}"`}></td>` : `<th${span === 1 ? '' : ` colspan="${span}"`} scope="colgroup" class="spanner"><span>${escapeHtml(label)}</span></th>`)
  return `<tr>${cells.join('')}</tr>`
}

function headingRow(table: TableModel, part: 'label' | 'sublabel'): string {
  const cells = table.columns.map((column, index) => {
    const text = column[part] ?? ''
    return text === '' ? '<td></td>' : `<th scope="col" class="${alignmentOf(table, index)}">${escapeHtml(text)}</th>`
  })
  return `<tr${part === 'sublabel' ? ' class="sublabel"' : ''}>${cells.join('')}</tr>`
}

function bodyRow(table: TableModel, row: TableRow): string {
  const cells = printRow(table, row)
  if (row.kind === 'section') {
    return `<tr class="section"><th colspan="${table.columns.length}" scope="rowgroup">${escapeHtml(cells[0]!.body)}</th></tr>`
  }
  const classes = [row.kind === 'total' ? 'total' : '', row.kind === 'below' ? 'below' : '', row.rule ? 'rule' : ''].filter(Boolean).join(' ')
  const printed = cells.map((cell, index) => {
    const head = roleOf(table, index) === 'label' && cell.body !== ''
    const kind = [alignmentOf(table, index), cell.switched ? 'switched' : '', cell.masked ? 'masked' : ''].filter(Boolean).join(' ')
    return head ? `<th scope="row" class="${kind}">${cellHtml(cell)}</th>` : `<td class="${kind}">${cellHtml(cell)}</td>`
  })
  return `<tr${classes === '' ? '' : ` class="${classes}"`}>${printed.join('')}</tr>`
}

/** Closing brackets and stars hang outside the column, figure spaces stand for missing decimals: digits stand under digits. */
function cellHtml(cell: PrintedCell): string {
  const body = cell.masked ? `<abbr title="confidential">${escapeHtml(cell.body)}</abbr>` : escapeHtml(cell.body)
  const tail = escapeHtml(cell.tail) + (cell.stars === 0 ? '' : `<sup>${'*'.repeat(cell.stars)}</sup>`)
  const hang = tail === '' ? '' : `<span class="hang">${tail}</span>`
  return (cell.switched ? `<mark>${body}</mark>` : body) + hang + '\u2007'.repeat(cell.pad)
}
