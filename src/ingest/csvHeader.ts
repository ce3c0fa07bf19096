/** The head of a delimited text file: byte order mark, delimiter and column names, before anything else is read. */
import { closeSync, openSync, readSync } from 'node:fs'
import { ReshoreError } from '../errors.js'
import { composed } from './columnNames.js'
import { cannotRead } from '../fileErrors.js'

const headBytes = 1 << 20
/** Of the byte order mark. */
const markBytes = 3
const delimiters = [',', ';', '\t', '|'] as const

export interface CsvHeader {
  readonly delimiter: string
  /** As in the file in composed letters, except that an empty name becomes `columnN` and a repeated one gets `.1`, `.2`, … as in R. */
  readonly names: readonly string[]
  /** Names that more than one column has in the file. */
  readonly repeated: readonly string[]
  /** Byte after its line end; none where it is not simply the first line. */
  readonly end?: number
}

/** Delimiter and column names of a UTF-8 file whose first line is its header. */
export function readCsvHeader(path: string): CsvHeader {
  const { head, marked } = readHead(path)
  const line = firstRecord(head, path)
  const delimiter = likelyDelimiter(line, firstRecord(head.slice(line.length).trimStart(), path))
  const written = splitRecord(line, delimiter).map((cell, index) => (cell.trim() === '' ? `column${index + 1}` : composed(cell.trim())))
  const repeated = [...new Set(written.filter((name, index) => written.indexOf(name) < index))]
  return { delimiter, names: distinctNames(written), repeated, end: endOfHeader(line, head, marked) }
}

function endOfHeader(line: string, head: string, marked: boolean): number | undefined {
  const lineEnd = /^\r?\n/.exec(head.slice(line.length, line.length + 2))?.[0]
  if (lineEnd === undefined || line === '' || /[\r\n\0\uFFFD]/.test(line)) return undefined
  return Buffer.byteLength(line) + lineEnd.length + (marked ? markBytes : 0)
}

/** The delimiter of a UTF-8 file, judged by its first two records after `skip` lines. */
export function findDelimiter(path: string, skip: number): string {
  const head = readHead(path).head.split(/(?<=\n)/).slice(skip).join('').trimStart()
  const line = firstRecord(head, path)
  return likelyDelimiter(line, firstRecord(head.slice(line.length).trimStart(), path))
}

/** The cells of one record: quotes are removed and doubled quotes undone. */
export function splitRecord(record: string, delimiter: string, quote = '"'): string[] {
  const cells: string[] = []
  for (let at = 0; at <= record.length; ) {
    if (quote !== '' && record.startsWith(quote, at)) {
      let cell = ''
      let from = at + 1
      for (;;) {
        const end = record.indexOf(quote, from)
        cell += record.slice(from, end < 0 ? undefined : end)
        if (end < 0) return [...cells, cell]
        from = end + 1
        if (record[from] !== quote) break
        cell += quote
        from++
      }
      cells.push(cell)
      const next = record.indexOf(delimiter, from)
      if (next < 0) return cells
      at = next + delimiter.length
    } else {
      const next = record.indexOf(delimiter, at)
      cells.push(record.slice(at, next < 0 ? undefined : next))
      if (next < 0) return cells
      at = next + delimiter.length
    }
  }
  return cells
}

function readHead(path: string): { readonly head: string; readonly marked: boolean } {
  const buffer = Buffer.alloc(headBytes)
  const file = openFile(path)
  const length = readSync(file, buffer, 0, headBytes, 0)
  closeSync(file)
  if (length === 0) {
    throw new ReshoreError('EmptyFileError', `${path} is empty`, 'Give a file whose first line holds the column names.')
  }
  const [first, second] = [buffer[0], buffer[1]]
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new ReshoreError('EncodingError', `${path} is encoded in UTF-16`, 'Convert it with `reshore ingest --encoding utf-16`.')
  }
  const text = buffer.toString('utf8', 0, length)
  const marked = text.startsWith('\uFEFF')
  return { head: marked ? text.slice(1) : text, marked }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw cannotRead(path, error)
  }
}

/** Up to the first line break outside quotes. */
function firstRecord(head: string, path: string): string {
  let quoted = false
  for (let i = 0; i < head.length; i++) {
    if (head[i] === '"') quoted = !quoted
    else if (!quoted && (head[i] === '\n' || head[i] === '\r')) return head.slice(0, i)
  }
  if (head.length >= headBytes / 4) {
    throw new ReshoreError('FileError', `${path} has no line break in its first megabyte`, 'Check that it is a text file.')
  }
  return head
}

/** The candidate found most often in the header; of several, one that is as frequent in the row below. */
function likelyDelimiter(header: string, row: string): string {
  const count = (record: string, delimiter: string): number => splitRecord(record, delimiter).length
  const most = Math.max(...delimiters.map((delimiter) => count(header, delimiter)))
  const candidates = delimiters.filter((delimiter) => count(header, delimiter) === most)
  return candidates.find((delimiter) => count(row, delimiter) === most) ?? candidates[0]!
}

function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let candidate = name
    for (let copy = 1; taken.has(candidate); copy++) candidate = `${name}.${copy}`
    taken.add(candidate)
    return candidate
  })
}

/** Enough of a header for a message. */
export function shownNames(names: readonly string[]): string {
  const [most, longest] = [20, 40]
  const shown = names.slice(0, most).map((name) => (name.length > longest ? `${name.slice(0, longest)}…` : name))
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ')
}
