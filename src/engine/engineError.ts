/** DuckDB's errors as ours: what happened in which relation, and what to do. */
import { isReshoreError, ReshoreError } from '../errors.js'

type Kind = readonly [pattern: RegExp, name: string, remedy: string]

const kinds: readonly Kind[] = [
  [/^Out of Memory Error/, 'EngineMemoryError', 'Raise --memory, use fewer threads, or give a directory to spill to.'],
  [/No space left on device|File too large|Disk quota exceeded|Could not write .* to file/, 'DiskFullError', 'Free space on that disk, raise its limits (ulimit -f, quota), or write elsewhere.'],
  [/^IO Error: (No files found|Cannot open file)/, 'FileError', 'Check that the path exists and can be read and written.'],
  [/^(IO|Permission) Error/, 'FileError', 'Check the file and its permissions.'],
  [/^Binder Error/, 'SqlError', 'Check the names of columns and relations in the query.'],
  [/^Conversion Error/, 'ConversionError', 'Clean the value, or declare the column as text.'],
  [/^Invalid Input Error: CellError/, 'CellError', 'Declare the column as text, or give its missing codes.'],
  [/^Invalid Input Error.*(parquet|Parquet|magic bytes)/s, 'FileError', 'Check that the file is a complete Parquet file.'],
]

const otherwise: Kind = [/(?:)/, 'EngineError', 'Check the query of this relation.']

/** What follows the message: the query, and advice for DuckDB's own users. */
const appendix = /\n\n(LINE \d+:|Possible fixes|Possible Solution).*$/s

/** The error of a query, with the relation it came from; errors of ours pass through. */
export function engineError(error: unknown, relation: string): ReshoreError {
  if (isReshoreError(error)) return error
  const text = (error instanceof Error ? error.message : String(error)).replace(appendix, '').trim()
  const csv = csvError(text)
  if (csv !== undefined) return csv
  const [, name, remedy] = kinds.find(([pattern]) => pattern.test(text)) ?? otherwise
  return new ReshoreError(name, `relation \`${relation}\`: ${text}`, remedy)
}

/** Line, original text where it is given, complaint. */
const csvComplaint = /CSV Error on Line: (\d+)\n(?:Original Line: ?(.*?)\n\s*)?(Expected Number.*|[A-Z][^\n]*(?:found|detected)\.?.*)/s

/** The bulk CSV reader's complaints, with their line. */
function csvError(text: string): ReshoreError | undefined {
  if (text.includes('The CSV Parser state machine reached an invalid state')) {
    return new ReshoreError(
      'CsvDialectError',
      'line ends or quotes are mixed in a way the bulk reader cannot take',
      'Use one kind of line end throughout.',
    )
  }
  const match = csvComplaint.exec(text)
  if (match === null) return undefined
  const [, line, original, complaint] = match
  if (complaint!.includes('unicode')) {
    return new ReshoreError(
      'EncodingError',
      `line ${line} is not valid UTF-8`,
      'Name the encoding of the file: `reshore ingest FILE --encoding windows-1252`.',
    )
  }
  return new ReshoreError(
    'CsvError',
    `line ${line}: ${complaint!.split('\n')[0]!.trim()}${original === undefined ? '' : `: ${original.trim().slice(0, 200)}`}`,
    'Correct the line, or use `reshore ingest`, which sets bad rows aside.',
  )
}
