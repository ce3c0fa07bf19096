/** The quarantine file: one line for every row set aside, in CSV that a spreadsheet opens without running anything. */
import { createWriteStream, renameSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { format } from 'fast-csv'
import { cannotWrite } from '../fileErrors.js'
import type { QuarantinedRow, ReasonCount, QuarantineReason } from './records.js'

/** Writes `file,line,column,reason,text,detail`, under a temporary name first. */
export async function writeQuarantine(path: string, rows: readonly QuarantinedRow[]): Promise<void> {
  const temporary = `${path}.partial`
  const headers = ['file', 'line', 'column', 'reason', 'text', 'detail']
  const lines = rows.map(({ file, line, column, reason, text, detail }) =>
    [harmless(file), line, harmless(column ?? ''), reason, harmless(text), harmless(detail)])
  const csv = format({ headers, alwaysWriteHeaders: true, includeEndRowDelimiter: true })
  try {
    await pipeline(Readable.from(lines), csv, createWriteStream(temporary))
    renameSync(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw cannotWrite(path, error)
  }
}

/** Rows by reason, in the order in which reasons are looked for. */
export function countReasons(rows: readonly { readonly reason: QuarantineReason }[]): readonly ReasonCount[] {
  const counts = new Map<QuarantineReason, number>()
  for (const { reason } of rows) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return order.flatMap((reason) => (counts.has(reason) ? [{ reason, rows: counts.get(reason)! }] : []))
}

const order: readonly QuarantineReason[] = [
  'undecodable byte', 'malformed quotes', 'wrong column count', 'unparsable cell', 'out of range', 'not an allowed value',
  'missing required', 'not different', 'unknown foreign key', 'duplicate key',
]

/** A cell that a spreadsheet would take for a formula gets an apostrophe before it. */
function harmless(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
}
