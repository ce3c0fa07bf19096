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
  { pattern: /^Invalid Input Error.*(parquet|Parquet)/s, name: 'FileError', remedy: 'Check that the file is a complete Parquet file.' },
]

/** The error of a query, with the relation it came from; errors of ours pass through. */
export function engineError(error: unknown, relation: string): ReshoreError {
  if (isReshoreError(error)) return error
  const text = (error instanceof Error ? error.message : String(error)).split('\n\n')[0]!.trim()
  const kind = kinds.find(({ pattern }) => pattern.test(text))
  return new ReshoreError(
    kind?.name ?? 'EngineError',
    `relation \`${relation}\`: ${text}`,
    kind?.remedy ?? 'Check the query of this relation.',
  )
}
