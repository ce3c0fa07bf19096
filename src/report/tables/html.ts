/** A table as an HTML fragment: semantic headings, no inline style, text escaped. The page's style sheet does the rest. */
import { html } from '../markup.js'
import type { Markup } from '../markup.js'
import { alignmentOf, hasSublabels, noteText, printRow, roleOf } from './cells.js'
import type { PrintedCell } from './cells.js'
import type { TableModel, TableRow } from './records.js'

/** The `<table>` with its caption and, after it, its notes. */
export function renderHtml(table: TableModel): string {
  return tableMarkup(table).markup + notesMarkup(table).markup
}

/** The `<table>` alone. */
export function tableMarkup(table: TableModel): Markup {
  const hangs = table.rows.some((row) => printRow(table, row).some(({ tail, stars }) => tail !== '' || stars > 0))
  return html`<table id="${table.id}" ${hangs && html` class="hangs"`}>
    <caption>
      ${table.title}
    </caption>
    <thead>
      ${spannerRow(table)}${headingRow(table, 'label')}${hasSublabels(table) && headingRow(table, 'sublabel')}
    </thead>
    <tbody>
      ${table.rows.map((row) => html`${bodyRow(table, row)} `)}
    </tbody>
  </table>`
}

/** The notes under a table; nothing where it has none. */
export function notesMarkup(table: TableModel): Markup {
  if (table.notes.length === 0) return html``
  return html` <div class="table-notes">${table.notes.map((note) => html`<p>${noteText(note)}</p>`)}</div>`
}

function spannerRow(table: TableModel): Markup | undefined {
  if (table.spanners === undefined) return undefined
  const cells = table.spanners.map(({ label, span }) => {
    const width = span > 1 && html` colspan="${span}"`
    return label === '' ? html`<td${width}></td>` : html`<th${width} scope="colgroup" class="spanner"><span>${label}</span></th>`
  })
  return html`<tr>
    ${cells}
  </tr>`
}

function headingRow(table: TableModel, part: 'label' | 'sublabel'): Markup {
  const cells = table.columns.map((column, index) => {
    const text = column[part] ?? ''
    return text === '' ? html`<td></td>` : html`<th scope="col" class="${alignmentOf(table, index)}">${text}</th>`
  })
  return html`<tr${part === 'sublabel' && html` class="sublabel"`}>${cells}</tr>`
}

function bodyRow(table: TableModel, row: TableRow): Markup {
  const cells = printRow(table, row)
  if (row.kind === 'section') {
    return html`<tr class="section">
      <th colspan="${table.columns.length}" scope="rowgroup">${cells[0]!.body}</th>
    </tr>`
  }
  const kinds = [row.kind === 'total' || row.kind === 'below' ? row.kind : '', row.rule ? 'rule' : ''].filter(Boolean).join(' ')
  const printed = cells.map((cell, index) => {
    const look = [alignmentOf(table, index), cell.switched ? 'switched' : '', cell.masked ? 'masked' : '']
      .filter(Boolean)
      .join(' ')
    const heads = roleOf(table, index) === 'label' && cell.body !== ''
    return heads
      ? html`<th scope="row" class="${look}">${cellMarkup(cell)}</th>`
      : html`<td class="${look}">${cellMarkup(cell)}</td>`
  })
  return html`<tr${kinds !== '' && html` class="${kinds}"`}>${printed}</tr>`
}

/** Closing brackets and stars hang outside the column, figure spaces stand for missing decimals: digits stand under digits. */
function cellMarkup(cell: PrintedCell): Markup {
  const body = cell.masked ? html`<abbr title="confidential">${cell.body}</abbr>` : html`${cell.body}`
  const stars = cell.stars > 0 && html`<sup>${'*'.repeat(cell.stars)}</sup>`
  const hang = (cell.tail !== '' || stars) && html`<span class="hang">${cell.tail}${stars}</span>`
  return html`${cell.switched ? html`<mark>${body}</mark>` : body}${hang}${'\u2007'.repeat(cell.pad)}`
}
