/** What was read, what was assumed, where everything comes from: the page's own lists as tables. */
import { html } from '../markup.js'
import type { Markup } from '../markup.js'
import type { NumberFormat, TableColumn, TableModel, TableRow } from '../tables/records.js'
import { scrolling } from './blocks.js'
import type { Assumption, FlowStep, Provenance, QuarantineExample } from './records.js'

/** Longer lists of facts are folded. */
const mostOpen = 12

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
export function inputsMarkup({ inputs }: Provenance, flow: readonly FlowStep[]): Markup {
  const stops = inputs.map(({ path, rows }) => {
    const stop = flow.find(({ kind, id, label }) => kind === 'file' && (id === path || label === path))
    if (stop === undefined || stop.rows === null) return { read: rows ?? null, kept: null }
    return { read: stop.dropped.reduce((sum, drop) => sum + (drop.rows ?? 0), stop.rows), kept: stop.rows }
  })
  const [read, kept] = [stops.some((stop) => stop.read !== null), stops.some((stop) => stop.kept !== null)]
  const columns = [
    text('path', 'File'),
    number('bytes', 'Size', 'bytes'),
    ...(read ? [number('rows', 'Rows', 'integer')] : []),
    ...(kept ? [number('kept', 'Kept', 'integer')] : []),
  ]
  const rows = inputs.map(({ path, bytes }, index) => [
    path,
    bytes,
    ...(read ? [stops[index]!.read] : []),
    ...(kept ? [stops[index]!.kept] : []),
  ])
  return scrolling(list('page-list-of-inputs', 'Files read', columns, rows))
}

export function quarantineMarkup(examples: readonly QuarantineExample[]): Markup {
  const columns = [
    text('file', 'File'),
    number('line', 'Line', 'year'),
    text('column', 'Column'),
    text('reason', 'Reason'),
    text('text', 'As it was'),
  ]
  const rows = examples.map((example) => [
    example.file,
    example.line,
    example.column ?? null,
    example.reason,
    example.text ?? null,
  ])
  return html`<div class="block wrap">
    ${scrolling(list('page-list-of-quarantine', 'Examples of rows in quarantine', columns, rows))}
  </div>`
}

export function assumptionsMarkup(assumptions: readonly Assumption[]): Markup {
  const ranged = assumptions.some(({ range }) => range !== undefined)
  const used = assumptions.some(({ usedIn }) => usedIn !== undefined)
  const columns = [
    text('name', 'Assumption'),
    number('value', 'Value', 'short'),
    ...(ranged ? [number('range', 'Range', 'short')] : []),
    text('unit', 'Unit'),
    text('source', 'Source'),
    ...(used ? [text('usedIn', 'Used in')] : []),
  ]
  const rows = assumptions.map(({ name, symbol, value, range, unit, source, usedIn }) => [
    symbol === undefined ? name : `${name}, ${symbol}`,
    value,
    ...(ranged ? [range === undefined ? null : { value: range[0], upper: range[1], brackets: 'square' as const }] : []),
    unit ?? null,
    source,
    ...(used ? [usedIn ?? null] : []),
  ])
  return html`<div class="wrap">
    ${scrolling(list('page-list-of-assumptions', 'Numbers from outside the data', columns, rows))}
  </div>`
}

export function provenanceMarkup({ command, inputs, steps = [], versions, options, seeds }: Provenance): Markup {
  const outputOf = ({ fingerprint, output }: NonNullable<Provenance['steps']>[number]): string =>
    output === undefined ? fingerprint : `${fingerprint} · output ${output}`
  return html`${
    command !== undefined &&
    html`<p>Made by</p>
      <pre class="command">${command}</pre>`
  }
  ${facts(
    'Inputs and their SHA-256',
    inputs.map(({ path, sha256 }) => [path, sha256]),
  )}
  ${facts(
    'Steps and their fingerprints',
    steps.map((step) => [step.name, outputOf(step)]),
  )}
  ${facts(
    'Options',
    options.map(({ name, value }) => [name, value === null ? 'not set' : String(value)]),
  )}
  ${facts(
    'Seeds',
    seeds.map(({ name, value }) => [name, String(value)]),
  )}
  ${facts(
    'Versions',
    versions.map(({ name, version }) => [name, version]),
  )}`
}

/** A folded list of names and values; a short one is open. */
function facts(title: string, lines: readonly (readonly [string, string])[]): Markup | undefined {
  if (lines.length === 0) return undefined
  const rows = lines.map(
    ([name, value]) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td class="hash">${value}</td>
      </tr>`,
  )
  return html`<details${lines.length <= mostOpen && html` open`}><summary>${title} (${lines.length})</summary>
<table class="facts"><tbody>${rows}</tbody></table></details>`
}
