/** DuckDB's errors as ours: what happened in which relation, and what to do. */
import { isReshoreError, ReshoreError } from '../errors.js'

const kinds: readonly { readonly pattern: RegExp; readonly name: string; readonly remedy: string }[] = [
  {
    pattern: /^Out of Memory Error/,
    name: 'EngineMemoryError',
    remedy: 'Raise the memory limit (--memory), use fewer threads, or give a directory to spill to.',
  },
  { pattern: /No space left on device|Could not write .* to file/, name: 'DiskFullError', remedy: 'Free space on that disk, or write elsewhere.' },
  { pattern: /^IO Error: (No files found|Cannot open file)/, name: 'FileError', remedy: 'Check that the path exists and can be read and written.' },
  { pattern: /^(IO|Permission) Error/, name: 'FileError', remedy: 'Check the file and its permissions.' },
  { pattern: /^Binder Error/, name: 'SqlError', remedy: 'Check the names of columns and relations in the query.' },
  { pattern: /^Conversion Error/, name: 'ConversionError', remedy: 'Clean the value, or declare the column as text.' },
  { pattern: /^Invalid Input Error: CellError/, name: 'CellError', remedy: 'Declare the column as text, or give its missing codes.' },
  { pattern: /^Invalid Input Error.*(parquet|Parquet|magic bytes)/s, name: 'FileError', remedy: 'Check that the file is a complete Parquet file.' },
]

/** The error of a query, with the relation it came from; errors of ours pass through. */
export function engineError(error: unknown, relation: string): ReshoreError {
  if (isReshoreError(error)) return error
  const text = (error instanceof Error ? error.message : String(error)).replace(/\n\n(LINE \d+:|Possible fixes|Possible Solution).*$/s, '').trim()
  const csv = csvError(text)
  if (csv !== undefined) return csv
  const kind = kinds.find(({ pattern }) => pattern.test(text))
  return new ReshoreError(
    kind?.name ?? 'EngineError',
    `relation \`${relation}\`: ${text}`,
    kind?.remedy ?? 'Check the query of this relation.',
  )
}

/** The bulk CSV reader's complaints, with their line. */
function csvError(text: string): ReshoreError | undefined {
  if (text.includes('The CSV Parser state machine reached an invalid state')) {
    return new ReshoreError('CsvDialectError', 'line ends or quotes are mixed in a way the bulk reader cannot take', 'Use one kind of line end throughout.')
  }
  const match = /CSV Error on Line: (\d+)\nOriginal Line: ?(.*?)\n\s*(Expected Number of Columns: (\d+) Found: (\d+)|[A-Z][^\n]*(?:found|detected)\.?.*)/s.exec(text)
  if (match === null) return undefined
  const [, line, original, complaint, expected, found] = match
  if (complaint!.includes('unicode')) {
    return new ReshoreError('EncodingError', `line ${line} is not valid UTF-8`, 'Name the encoding of the file: `reshore ingest FILE --encoding windows-1252`.')
  }
  const what = expected === undefined ? complaint!.split('\n')[0]!.trim() : `${found} cells where the header has ${expected}`
  return new ReshoreError('CsvError', `line ${line}: ${what}: ${original!.trim().slice(0, 200)}`, 'Correct the line, or use `reshore ingest`, which sets bad rows aside.')
}
