/**
 * Arrow columns -> plain arrays over all rows of the table, NaN or −1 where a cell is missing. A single-chunk Float64 column
 * without nulls is a view of Arrow's own buffer; everything else is copied once. Ids and texts become codes.
 */
import { DataType, type Data, type Vector } from 'apache-arrow'
import { distance } from 'fastest-levenshtein'
import { ReshoreError } from '../../errors.js'
import type { ArrowTable } from '../records.js'
import { isNarrow, narrowCodes, rangeOf, type GroupCodes } from './wholeCodes.js'

export type ColumnKind = 'number' | 'boolean' | 'text'

/** Codes 0 … levels−1 over all rows, −1 where missing. */
export interface Codes {
  readonly codes: Int32Array
  /** Labels by code; sorted (numbers by size, texts by code unit). */
  readonly levels: readonly string[]
}

/** The column, or a `MissingColumnError` (exit code 2) that lists close names. */
export function findColumn(table: ArrowTable, name: string, role: string): Vector {
  const column = columnNamed(table, name)
  if (column) return column
  const names = table.schema.fields.map((field) => field.name)
  const close = closeNames(name, names)
  throw new ReshoreError('MissingColumnError', `no column \`${name}\` (${role}) in a table of ${names.length} columns`,
    close.length > 0 ? `Did you mean ${close.map((word) => `\`${word}\``).join(' or ')}?` : `The columns are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}.`, 2)
}

/** The column of that name, or of one that differs only in how accents are coded (Unicode NFC and NFD). */
export function columnNamed(table: ArrowTable, name: string): Vector | null {
  const same = (): number => table.schema.fields.findIndex((field) => field.name.normalize('NFC') === name.normalize('NFC'))
  return table.getChild(name) ?? table.getChildAt(same())
}

/** Why a column is text where nearly all its cells are numbers, as the reader of a CSV file leaves it in the field's metadata. */
export function textReason(table: ArrowTable, name: string): string | undefined {
  const field = table.schema.fields.find((one) => one.name.normalize('NFC') === name.normalize('NFC'))
  return field?.metadata.get('textBecause')
}

/** A `ColumnTypeError` for a column, named between backticks, that should be numbers. */
export function almostNumbers(name: string, because: string): ReshoreError {
  return new ReshoreError('ColumnTypeError', `column ${name} is text: ${because}`,
    'Correct such cells; or name all texts that mean missing, NA and . among them, with --missing; or write i(…) for codes that are no numbers.')
}

/** What a column is to a formula; dates are numbers (days since 1970). */
export function columnKind(column: Vector): ColumnKind {
  const type = DataType.isDictionary(column.type) ? column.type.dictionary as DataType : column.type as DataType
  if (DataType.isBool(type)) return 'boolean'
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return 'text'
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isDate(type) || DataType.isNull(type)) return 'number'
  throw new ReshoreError('ColumnTypeError', `column type ${String(type)} cannot enter a model`, 'Cast it to a number, text, boolean or date when the table is made.')
}

/** Numeric values over all rows, NaN where missing. Text is a `ColumnTypeError`, which says why where that is known. */
export function readNumbers(column: Vector, name: string, because?: string): Float64Array {
  const kind = columnKind(column)
  if (kind === 'text') {
    if (because !== undefined) throw almostNumbers(`\`${name}\``, because)
    throw new ReshoreError('ColumnTypeError', `column \`${name}\` holds text where a number is needed`,
      'Text columns enter as factors, on their own or in an interaction. Use --missing for codes that stand for a missing number.')
  }
  const only = column.data.length === 1 ? column.data[0]! : undefined
  if (only && isFloat64(only) && only.nullCount === 0) return (only.values as Float64Array).subarray(0, only.length)
  const values = new Float64Array(column.length)
  let row = 0
  for (const chunk of column.data) {
    copyChunk(chunk, values, row)
    row += chunk.length
  }
  return values
}

const isFloat64 = (chunk: Data): boolean => chunk.values instanceof Float64Array && DataType.isFloat(chunk.type)

function copyChunk(chunk: Data, target: Float64Array, from: number): void {
  const plain = (DataType.isFloat(chunk.type) && !(chunk.values instanceof Uint16Array)) || (DataType.isInt(chunk.type) && chunk.type.bitWidth < 64)
    || (DataType.isDate(chunk.type) && chunk.values instanceof Int32Array)
  if (plain) {
    const source = chunk.values as ArrayLike<number>
    for (let i = 0; i < chunk.length; i++) target[from + i] = source[i]!
  } else if (DataType.isBool(chunk.type)) {
    copyBits(chunk, target, from)
  } else {
    readSlowly(chunk, target, from)
  }
  if (chunk.nullCount > 0) for (let i = 0; i < chunk.length; i++) if (!chunk.getValid(i)) target[from + i] = NaN
}

function copyBits({ values, offset, length }: Data, target: Float64Array, from: number): void {
  const bits = values as Uint8Array
  for (let i = 0; i < length; i++) target[from + i] = (bits[(offset + i) >> 3]! >> ((offset + i) & 7)) & 1
}

/** 64-bit integers, half floats, date-times, dictionaries of numbers: through Arrow's own accessor. */
function readSlowly(chunk: Data, target: Float64Array, from: number): void {
  const vector = vectorOf(chunk)
  const day = DataType.isDate(chunk.type) ? 86_400_000 : 1
  for (let i = 0; i < chunk.length; i++) {
    const value: unknown = vector(i)
    target[from + i] = value === null || value === undefined ? NaN : Number(value) / day
  }
}

function vectorOf(chunk: Data): (row: number) => unknown {
  if (DataType.isDictionary(chunk.type)) {
    const keys = chunk.values as ArrayLike<number>
    return (row) => (chunk.getValid(row) ? chunk.dictionary!.get(Number(keys[row])) : null)
  }
  const values = chunk.values as ArrayLike<number | bigint>
  return (row) => values[row]
}

/** Codes of any column over all rows; levels are those that occur, in sorted order. An empty text is a missing one. */
export function readCodes(column: Vector, name: string): Codes {
  const kind = columnKind(column)
  if (kind === 'text') return textCodes(column)
  const values = readNumbers(column, name)
  const label = kind === 'boolean' ? (value: number) => (value === 1 ? 'true' : 'false') : DataType.isDate(column.type) ? dateLabel : String
  return numberCodes(values, label)
}

/** Codes of any column without labels: quick where there are very many levels, which come in no particular order. */
export function groupCodes(column: Vector, name: string): GroupCodes {
  if (columnKind(column) === 'text') {
    const { raw, labels } = rawTextCodes(column)
    return { codes: raw, levels: labels.length }
  }
  const values = wholeNumbers(column) ?? readNumbers(column, name)
  const range = rangeOf(values)
  if (isNarrow(range, values.length)) return narrowCodes(values, range)
  const { codes, levels } = readCodes(column, name)
  return { codes, levels: levels.length }
}

/** A view of a column that lies in one piece as 32-bit integers, none missing. */
export function wholeNumbers(column: Vector): Int32Array | undefined {
  const only = column.data.length === 1 ? column.data[0]! : undefined
  return only && only.nullCount === 0 && only.values instanceof Int32Array && DataType.isInt(only.type) ? only.values.subarray(0, only.length) : undefined
}

/** Whether a numeric column holds a value in every row, as far as that can be told without reading it. */
export function surelyComplete(column: Vector): boolean {
  return (DataType.isInt(column.type) || DataType.isBool(column.type)) && column.data.every(({ nullCount }) => nullCount === 0)
}

const dateLabel = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10)

/** Distinct numbers in order of size; a lookup table where they are whole and close together, a hash map otherwise. */
function numberCodes(values: Float64Array, label: (value: number) => string): Codes {
  const range = rangeOf(values)
  if (isNarrow(range, values.length)) {
    const { codes, present } = narrowCodes(values, range)
    return { codes, levels: Array.from(present, (step) => label(range.low + step)) }
  }
  const codes = new Int32Array(values.length)
  const distinct = Float64Array.from(new Set(values.filter((value) => value === value))).sort()
  const codeOf = new Map<number, number>()
  distinct.forEach((value, code) => codeOf.set(value, code))
  for (let i = 0; i < values.length; i++) codes[i] = values[i] === values[i] ? codeOf.get(values[i]!)! : -1
  return { codes, levels: Array.from(distinct, label) }
}

function textCodes(column: Vector): Codes {
  const { raw, labels } = rawTextCodes(column)
  return sortLevels(raw, labels)
}

interface RawTextCodes {
  readonly raw: Int32Array
  readonly labels: readonly string[]
}

/** By the data of a column: models of one table, and their covariances, code the same ids again and again. */
const codedTexts = new WeakMap<Data, RawTextCodes>()

/** Codes of texts in the order in which they first occur. */
function rawTextCodes(column: Vector): RawTextCodes {
  const only = column.data.length === 1 ? column.data[0]! : undefined
  const known = only && codedTexts.get(only)
  if (known) return known
  const raw = new Int32Array(column.length)
  const codeOf = new Map<string, number>()
  const codeText = (text: string): number => {
    const code = codeOf.get(text)
    if (code !== undefined) return code
    codeOf.set(text, codeOf.size)
    return codeOf.size - 1
  }
  let row = 0
  for (const chunk of column.data) {
    if (DataType.isDictionary(chunk.type)) dictionaryCodes(chunk, codeText, raw, row)
    else plainTextCodes(column, chunk.length, codeText, raw, row)
    row += chunk.length
  }
  const coded = { raw, labels: [...codeOf.keys()] }
  if (only) codedTexts.set(only, coded)
  return coded
}

/** Dictionary entries are coded once, and only when a row uses them. */
function dictionaryCodes(chunk: Data, codeText: (text: string) => number, target: Int32Array, from: number): void {
  const keys = chunk.values as ArrayLike<number | bigint>
  const entryCode = new Int32Array(chunk.dictionary!.length).fill(-2)
  const { offset, nullBitmap } = chunk
  const complete = chunk.nullCount === 0
  for (let i = 0; i < chunk.length; i++) {
    if (!complete && ((nullBitmap[(offset + i) >> 3]! >> ((offset + i) & 7)) & 1) === 0) {
      target[from + i] = -1
      continue
    }
    const key = Number(keys[i])
    if (entryCode[key] === -2) {
      const text: unknown = chunk.dictionary!.get(key)
      entryCode[key] = typeof text === 'string' && text !== '' ? codeText(text) : -1
    }
    target[from + i] = entryCode[key]!
  }
}

function plainTextCodes(column: Vector, length: number, codeText: (text: string) => number, target: Int32Array, from: number): void {
  for (let i = 0; i < length; i++) {
    const text: unknown = column.get(from + i)
    target[from + i] = typeof text === 'string' && text !== '' ? codeText(text) : -1
  }
}

function sortLevels(raw: Int32Array, labels: readonly string[]): Codes {
  const order = labels.map((_, code) => code).sort((a, b) => (labels[a]! < labels[b]! ? -1 : 1))
  const rank = new Int32Array(labels.length)
  order.forEach((code, position) => (rank[code] = position))
  return { codes: raw.map((code) => (code < 0 ? -1 : rank[code]!)), levels: order.map((code) => labels[code]!) }
}

/** Names within two edits or a third of their length (one edit below four letters), or equal but for case and separators; closest first, at most three. */
function closeNames(name: string, names: readonly string[]): string[] {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  return names.map((candidate) => ({ candidate, edits: plain(candidate) === plain(name) ? 0 : distance(name, candidate) }))
    .filter(({ candidate, edits }) => edits <= allowedEdits(Math.min(name.length, candidate.length)))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

const allowedEdits = (length: number): number => (length < 4 ? 1 : Math.max(2, Math.floor(length / 3)))
