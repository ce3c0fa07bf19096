/**
 * The way of the rows from raw files to published tables. Each stop shows what remains, as a bar of the largest stop, and what
 * left since the stops it comes from, by reason. Rows that neither remain nor left for a reason are called unexplained.
 */
import { html } from '../markup.js'
import type { Markup } from '../markup.js'
import { maskedText } from '../tables/cells.js'
import { formatNumber } from '../tables/numbers.js'
import type { DroppedCount } from '../tables/records.js'
import { bar } from './bars.js'
import type { FlowStep } from './records.js'

/** More raw files than this are folded into one stop. */
const mostFiles = 3

interface Surroundings {
  readonly flow: readonly FlowStep[]
  readonly most: number
  readonly before: FlowStep | undefined
  /** Raw files folded into this stop. */
  readonly folded: readonly FlowStep[]
}

/** The flow as a list. */
export function flowMarkup(flow: readonly FlowStep[]): Markup {
  const files = flow.filter(({ kind }) => kind === 'file')
  const folded = files.length > mostFiles ? files : []
  const stops = folded.length > 0 ? [foldedFiles(files), ...flow.filter(({ kind }) => kind !== 'file')] : flow
  const most = Math.max(1, ...stops.map((step) => (step.rows ?? 0) + lost(step.dropped)))
  return html`<ol class="flow">
    ${stops.map((step, index) => stopMarkup(step, { flow, most, before: stops[index - 1], folded: index === 0 ? folded : [] }))}
  </ol>`
}

/** Rows that should be accounted for and are not; 0 for files, remarked stops and hidden counts. */
export function unexplainedRows(step: FlowStep, flow: readonly FlowStep[]): number {
  const hidden = step.rows === null || step.dropped.some(({ rows }) => rows === null)
  if (step.from.length === 0 || step.remark !== undefined || hidden) return 0
  const sources = step.from.map((id) => flow.find((candidate) => candidate.id === id)?.rows ?? null)
  if (sources.some((rows) => rows === null)) return 0
  return sources.reduce<number>((sum, rows) => sum + rows!, 0) - step.rows! - lost(step.dropped)
}

function lost(dropped: readonly DroppedCount[]): number {
  return dropped.reduce((sum, { rows }) => sum + (rows ?? 0), 0)
}

function stopMarkup(step: FlowStep, around: Surroundings): Markup {
  const { flow, most, folded } = around
  const unexplained = unexplainedRows(step, flow)
  const missing = `${count(Math.abs(unexplained))} rows ${unexplained > 0 ? 'left' : 'came'} without a reason on record.`
  const from = sourcesInWords(step, around)
  return html`<li class="${step.kind}">
    <div class="head">
      <span class="label">${step.label}</span> <span class="count">${count(step.rows)} ${step.unit ?? 'rows'}</span>
    </div>
    ${from !== '' && html`<div class="from">from ${from}</div>`}
    ${bar((step.rows ?? 0) / most, lost(step.dropped) / most)}${drops(step.dropped)}
    ${step.remark !== undefined && html`<div class="remark">${step.remark}</div>`}
    ${unexplained !== 0 && html`<div class="unexplained">${missing}</div>`}
    ${
      folded.length > 0 &&
      html`<details>
        <summary>each file</summary>
        <ul class="drops">
          ${folded.map(fileLine)}
        </ul>
      </details>`
    }
  </li>`
}

/** Where the rows come from; empty where that is the stop just above. */
function sourcesInWords(step: FlowStep, { flow, before }: Surroundings): string {
  const stopOf = (id: string): FlowStep | undefined => flow.find((candidate) => candidate.id === id)
  if (step.from.length === 1 && step.from[0] === before?.id) return ''
  const files = flow.filter(({ kind }) => kind === 'file').length
  if (before?.id === foldedId && step.from.length === files && step.from.every((id) => stopOf(id)?.kind === 'file')) return ''
  const names = step.from.map((id) => stopOf(id)?.label ?? id)
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}

const foldedId = '\u0000files'

function foldedFiles(files: readonly FlowStep[]): FlowStep {
  const reasons = new Map<string, number | null>()
  for (const { reason, rows } of files.flatMap(({ dropped }) => dropped)) {
    const before = reasons.get(reason)
    reasons.set(reason, rows === null || before === null ? null : (before ?? 0) + rows)
  }
  const rows = files.some((file) => file.rows === null) ? null : files.reduce((sum, file) => sum + file.rows!, 0)
  const dropped = [...reasons].map(([reason, left]) => ({ reason, rows: left }))
  return { id: foldedId, label: `${files.length} raw files`, kind: 'file', from: [], rows, dropped }
}

function fileLine({ label, rows, dropped }: FlowStep): Markup {
  const left = dropped.filter((drop) => drop.rows !== 0).map((drop) => `dropped ${drop.reason} (${count(drop.rows)})`)
  return html`<li><span class="rows">${count(rows)}</span> <span class="reason">${[label, ...left].join(' · ')}</span></li>`
}

function drops(dropped: readonly DroppedCount[]): Markup | undefined {
  const shown = dropped.filter(({ rows }) => rows !== 0)
  if (shown.length === 0) return undefined
  const lines = shown.map(({ reason, rows }) => {
    const left = rows === null ? maskedText : `−${count(rows)}`
    return html`<li><span class="rows">${left}</span> <span class="reason">${reason}</span></li>`
  })
  return html`<ul class="drops">
    ${lines}
  </ul>`
}

function count(rows: number | null): string {
  return rows === null ? maskedText : formatNumber(rows, 'integer')
}
