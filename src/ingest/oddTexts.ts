/**
 * Columns of plain CSV that are text because of a few cells: numbers with a `#N/A` among them, a decimal comma where points are. As factors
 * they would have a level for every number, so the reader says which text it was, and where; what estimates refuses them as measurements.
 */
import { basename } from 'node:path'
import { DataType, Field, RecordBatch, Schema, Table, type Vector } from 'apache-arrow'
import type { ArrowTable } from '../engine/index.js'
import { fits, kindOf, type CellKind, type CellRules } from './cellKinds.js'
import type { CsvHeader } from './csvHeader.js'
import { indexRecords } from './recordIndex.js'

/** Key of a field's metadata: a sentence that says why a column is text. */
export const textBecause = 'textBecause'

/** Texts looked at first: names and codes show there. */
const sampleSize = 1000
/** Of the texts of a column that should be numbers, the largest share that is none. */
const largestOddShare = 0.1
/** What spreadsheets and statistical software write for a value that is not there. */
const absent = /^(#.*|n\/?a|n\.a\.?|null|none|nil|missing|\\n|[-–—.?]+)$/i

/** The table with the reason in the metadata of every column that is text because of a few cells. `plain`: its rows are lines. */
export async function withOddTexts(table: ArrowTable, { path, header, rules, plain }: ReadFile): Promise<ArrowTable> {
  const reasons = new Map<number, string>()
  for (const [index, { type }] of table.schema.fields.entries()) {
    if (!DataType.isDictionary(type)) continue
    const column = table.getChildAt(index)!
    const found = oddText(column, rules)
    if (found === undefined) continue
    const row = firstRow(column, found.code)
    const place = plain && header.names.length > 1 ? `line ${row + 2} of ${basename(path)}` : await placeOf(row, path, header, table.numRows)
    reasons.set(index, `\`${found.text}\` in ${place} is no ${found.kind === 'bool' ? 'true or false' : 'number'}`)
  }
  if (reasons.size === 0) return table
  const fields = table.schema.fields.map((field, index) =>
    (reasons.has(index) ? new Field(field.name, field.type, field.nullable, new Map([[textBecause, reasons.get(index)!]])) : field))
  const schema = new Schema(fields)
  return new Table(schema, table.batches.map((batch) => new RecordBatch(schema, batch.data)))
}

interface ReadFile {
  readonly path: string
  readonly header: CsvHeader
  readonly rules: CellRules
  readonly plain: boolean
}

interface OddText {
  readonly text: string
  readonly code: number
  readonly kind: CellKind
}

/** The first text that keeps a column from being numbers or booleans, where few do or all stand for missing. */
function oddText(column: Vector, rules: CellRules): OddText | undefined {
  const dictionary = column.data[0]?.dictionary as Vector | null | undefined
  if (!dictionary || dictionary.length === 0) return undefined
  const looks = Math.min(sampleSize, dictionary.length)
  const sample = Array.from({ length: looks }, (_, at) => String(dictionary.get(Math.floor((at * dictionary.length) / looks))))
  const kinds: readonly CellKind[] = rules.decimalComma ? ['number', 'decimal-comma', 'bool'] : ['number', 'bool']
  const share = (kind: CellKind): number => sample.filter((text) => fits(text.trim(), kind)).length
  const kind = kinds.reduce((best, other) => (share(other) > share(best) ? other : best))
  if (dictionary.length > sampleSize && share(kind) < (1 - 2 * largestOddShare) * sampleSize) return undefined
  let [first, odd, known, plain] = [-1, 0, 0, 0]
  for (let code = 0; code < dictionary.length; code++) {
    const text = String(dictionary.get(code)).trim()
    if (fits(text, kind)) plain++
    else if (kindOf([text], rules) !== undefined) {
      if (first < 0) first = code
      odd++
      if (absent.test(text)) known++
      if (known < odd && odd > largestOddShare * dictionary.length) return undefined
    }
  }
  if (first < 0 || plain === 0 || (known < odd && odd > largestOddShare * (plain + odd))) return undefined
  return { text: String(dictionary.get(first)).trim(), code: first, kind }
}

function firstRow(column: Vector, code: number): number {
  let from = 0
  for (const chunk of column.data) {
    const codes = chunk.values as Int32Array
    for (let row = 0; row < chunk.length; row++) if (codes[row] === code && chunk.getValid(row)) return from + row
    from += chunk.length
  }
  return -1
}

/** Line of a row, counted in the file; its number where rows and records are not one to one. */
export async function placeOf(row: number, path: string, { delimiter }: CsvHeader, rows: number): Promise<string> {
  const { count, lines } = await indexRecords(path, { delimiter, quote: '"', escape: '"' })
  return count === rows + 1 ? `line ${lines[row + 1]} of ${basename(path)}` : `row ${row + 1} of ${basename(path)}`
}
