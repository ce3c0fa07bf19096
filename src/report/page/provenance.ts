/** What was read, what was assumed, where everything comes from: the page's own lists as tables. */
import { escapeHtml } from '../tables/html.js'
import type { NumberFormat, TableColumn, TableModel, TableRow } from '../tables/records.js'
import { scrolling } from './blocks.js'
import type { Assumption, FlowStep, Provenance, QuarantineExample } from './records.js'

function list(id: string, title: string, columns: readonly TableColumn[], rows: readonly TableRow['cells'][]): TableModel {
  return { kind: 'table', id, title, columns, rows: rows.map((cells) => ({ cells })), notes: [] }
}

function text(key: string, label: string): TableColumn {
  return { key, label, align: 'left' }
}

function number(key: string, label: string, format?: NumberFormat): TableColumn {
  return { key, label, format, align: 'right' }
}

/** The files with what was in them and what was kept, as far as the flow says. */
export function renderInputs({ inputs }: Provenance, flow: readonly FlowStep[]): string {
  const stops = inputs.map(({ path, rows }) => {
    const stop = flow.find(({ kind, id, label }) => kind === 'file' && (id === path || label === path))
    if (stop === undefined || stop.rows === null) return { read: rows ?? null, kept: null }
    return { read: stop.dropped.reduce((sum, drop) => sum + (drop.rows ?? 0), stop.rows), kept: stop.rows }
  })
  const [read, kept] = [stops.some((stop) => stop.read !== null), stops.some((stop) => stop.kept !== null)]
  const columns = [text('path', 'File'), number('bytes', 'Size', 'bytes'), ...(read ? [number('rows', 'Rows', 'integer')] : []), ...(kept ? [number('kept', 'Kept', 'integer')] : [])]
  const rows = inputs.map(({ path, bytes }, index) => [path, bytes, ...(read ? [stops[index]!.read] : []), ...(kept ? [stops[index]!.kept] : [])])
  return scrolling(list('page-list-of-inputs', 'Files read', columns, rows))
}

export function renderQuarantine(examples: readonly QuarantineExample[]): string {
  const columns = [text('file', 'File'), number('line', 'Line', 'year'), text('column', 'Column'), text('reason', 'Reason'), text('text', 'As it was')]
  const rows = examples.map((example) => [example.file, example.line, example.column ?? null, example.reason, example.text ?? null])
  return `<div class="block wrap">${scrolling(list('page-list-of-quarantine', 'Examples of rows in quarantine', columns, rows))}</div>`
}

export function renderAssumptions(assumptions: readonly Assumption[]): string {
  const ranged = assumptions.some(({ range }) => range !== undefined)
  const used = assumptions.some(({ usedIn }) => usedIn !== undefined)
  const columns = [text('name', 'Assumption'), number('value', 'Value', 'short'), ...(ranged ? [number('range', 'Range', 'short')] : []), text('unit', 'Unit'), text('source', 'Source'), ...(used ? [text('usedIn', 'Used in')] : [])]
  const rows = assumptions.map(({ name, symbol, value, range, unit, source, usedIn }) => [
    symbol === undefined ? name : `${name}, ${symbol}`, value, ...(ranged ? [range === undefined ? null : { value: range[0], upper: range[1], brackets: 'square' as const }] : []),
    unit ?? null, source, ...(used ? [usedIn ?? null] : []),
  ])
  return `<div class="wrap">${scrolling(list('page-list-of-assumptions', 'Numbers from outside the data', columns, rows))}</div>`
}

export function renderProvenance({ command, inputs, steps = [], versions, options, seeds }: Provenance): string {
  const hashes = inputs.map(({ path, sha256 }) => [path, sha256])
  const parts = [
    command === undefined ? '' : `<p>Made by</p><pre class="command">${escapeHtml(command)}</pre>`,
    part('Inputs and their SHA-256', hashes),
    part('Steps and their fingerprints', steps.map(({ name, fingerprint, output }) => [name, output === undefined ? fingerprint : `${fingerprint} · output ${output}`])),
    part('Options', options.map(({ name, value }) => [name, value === null ? 'not set' : String(value)])),
    part('Seeds', seeds.map(({ name, value }) => [name, String(value)])),
    part('Versions', versions.map(({ name, version }) => [name, version])),
  ]
  return parts.join('')
}

function part(title: string, lines: readonly (readonly string[])[]): string {
  if (lines.length === 0) return ''
  const rows = lines.map(([name, value]) => `<tr><th scope="row">${escapeHtml(name!)}</th><td class="hash">${escapeHtml(value!)}</td></tr>`)
  return `<details${lines.length <= 12 ? ' open' : ''}><summary>${escapeHtml(title)} (${lines.length})</summary><table class="facts"><tbody>${rows.join('')}</tbody></table></details>`
}
