/**
 * The way of the rows from raw files to published tables. Each stop shows what remains, as a bar of the largest stop, and what
 * left since the stops it comes from, by reason. Rows that neither remain nor left for a reason are called unexplained.
 */
import { maskedText } from '../tables/cells.js'
import { escapeHtml } from '../tables/html.js'
import { formatNumber } from '../tables/numbers.js'
import type { DroppedCount } from '../tables/records.js'
import type { FlowStep } from './records.js'

/** More raw files than this are folded into one stop. */
const mostFiles = 3

/** The flow as a list. */
export function renderFlow(flow: readonly FlowStep[]): string {
  const files = flow.filter(({ kind }) => kind === 'file')
  const folded = files.length > mostFiles
  const stops = folded ? [foldedFiles(files), ...flow.filter(({ kind }) => kind !== 'file')] : flow
  const most = Math.max(1, ...stops.map((step) => (step.rows ?? 0) + lost(step.dropped)))
  const before = (index: number): FlowStep | undefined => stops[index - 1]
  return `<ol class="flow">${stops.map((step, index) => renderStop(step, { flow, most, before: before(index), files: folded && index === 0 ? files : [] })).join('\n')}</ol>`
}

/** Rows that should be accounted for and are not; 0 for files, remarked stops and hidden counts. */
export function unexplainedRows(step: FlowStep, flow: readonly FlowStep[]): number {
  if (step.from.length === 0 || step.remark !== undefined || step.rows === null || step.dropped.some(({ rows }) => rows === null)) return 0
  const sources = step.from.map((id) => flow.find((candidate) => candidate.id === id)?.rows ?? null)
  if (sources.some((rows) => rows === null)) return 0
  return sources.reduce<number>((sum, rows) => sum + rows!, 0) - step.rows - lost(step.dropped)
}

function lost(dropped: readonly DroppedCount[]): number {
  return dropped.reduce((sum, { rows }) => sum + (rows ?? 0), 0)
}

interface Surroundings {
  readonly flow: readonly FlowStep[]
  readonly most: number
  readonly before: FlowStep | undefined
  readonly files: readonly FlowStep[]
}

function renderStop(step: FlowStep, { flow, most, before, files }: Surroundings): string {
  const names = step.from.map((id) => flow.find((candidate) => candidate.id === id)?.label ?? id)
  const follows = step.from.length === 1 && step.from[0] === before?.id
  const allFiles = before?.id === foldedId && step.from.every((id) => flow.find((candidate) => candidate.id === id)?.kind === 'file')
  const from = step.from.length === 0 || follows || (allFiles && step.from.length === flow.filter(({ kind }) => kind === 'file').length)
    ? '' : `<div class="from">from ${escapeHtml(shortList(names))}</div>`
  const unexplained = unexplainedRows(step, flow)
  const parts = [
    `<div class="head"><span class="label">${escapeHtml(step.label)}</span><span class="count">${count(step.rows)} ${escapeHtml(step.unit ?? 'rows')}</span></div>`,
    from, bar(step, most), drops(step.dropped),
    step.remark === undefined ? '' : `<div class="remark">${escapeHtml(step.remark)}</div>`,
    unexplained === 0 ? '' : `<div class="unexplained">${count(Math.abs(unexplained))} rows ${unexplained > 0 ? 'left' : 'came'} without a reason on record.</div>`,
    files.length === 0 ? '' : `<details><summary>each file</summary><ul class="drops">${files.map(fileLine).join('')}</ul></details>`,
  ]
  return `<li class="${step.kind}">${parts.join('')}</li>`
}

const foldedId = '\u0000files'

function foldedFiles(files: readonly FlowStep[]): FlowStep {
  const reasons = new Map<string, number | null>()
  for (const { reason, rows } of files.flatMap(({ dropped }) => dropped)) {
    const before = reasons.get(reason)
    reasons.set(reason, rows === null || before === null ? null : (before ?? 0) + rows)
  }
  const rows = files.some((file) => file.rows === null) ? null : files.reduce((sum, file) => sum + file.rows!, 0)
  return { id: foldedId, label: `${files.length} raw files`, kind: 'file', from: [], rows, dropped: [...reasons].map(([reason, left]) => ({ reason, rows: left })) }
}

function fileLine({ label, rows, dropped }: FlowStep): string {
  const left = dropped.filter((drop) => drop.rows !== 0).map((drop) => `${drop.reason} (${count(drop.rows)})`)
  return `<li><span class="rows">${count(rows)}</span><span class="reason">${escapeHtml([label, ...left.map((line) => `dropped ${line}`)].join(' · '))}</span></li>`
}

/** Widths are attributes, not styles: the page allows no inline style. */
function bar(step: FlowStep, most: number): string {
  const width = (rows: number): string => ((1000 * rows) / most).toFixed(1)
  const left = lost(step.dropped)
  return `<svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width="1000" height="8"/>` +
    `<rect class="kept" width="${width(step.rows ?? 0)}" height="8"/><rect class="left" x="${width(step.rows ?? 0)}" width="${width(left)}" height="8"/></svg>`
}

function drops(dropped: readonly DroppedCount[]): string {
  const shown = dropped.filter(({ rows }) => rows !== 0)
  if (shown.length === 0) return ''
  return `<ul class="drops">${shown.map(({ reason, rows }) => `<li><span class="rows">${rows === null ? maskedText : `−${count(rows)}`}</span><span class="reason">${escapeHtml(reason)}</span></li>`).join('')}</ul>`
}

function count(rows: number | null): string {
  return rows === null ? maskedText : formatNumber(rows, 'integer')
}

function shortList(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}
