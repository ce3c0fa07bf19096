/** What is thrown where the system refuses a file or a folder. Any stage that touches files may import it. */
import { ReshoreError } from './errors.js'

/** A `FileError` (exit code 1): `path` is not there, or not for us to read. */
export function cannotRead(path: string, error: unknown): ReshoreError {
  return new ReshoreError('FileError', `cannot read ${path}: ${reason(error)}`, 'Check that the path exists and can be read.')
}

/** A `NotWritableError` (exit code 1): nothing can be written at `path`, a file or a folder; a `DiskFullError` where there is no room. */
export function cannotWrite(path: string, error: unknown): ReshoreError {
  return diskFull(error, path) ?? new ReshoreError('NotWritableError', `cannot write to ${path}: ${reason(error)}`, 'Choose a folder that exists and can be written to.')
}

const noRoom: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space'],
  EDQUOT: ['the quota is used up', 'Free some space'],
  EFBIG: ['the limit on file size is reached', 'Raise the limit (ulimit -f)'],
}

/** A `DiskFullError` (exit code 1) where the system has no room for a file, at `path` or where its error says; nothing for other errors. */
export function diskFull(error: unknown, path?: string): ReshoreError | undefined {
  const { code, path: own } = error as { readonly code?: unknown; readonly path?: unknown }
  const known = error instanceof Error && typeof code === 'string' ? noRoom[code] : undefined
  if (known === undefined) return undefined
  const place = path ?? (typeof own === 'string' ? own : undefined)
  return new ReshoreError('DiskFullError', place === undefined ? `${known[0]} (${reason(error)})` : `${known[0]}: cannot write to ${place}`,
    `${known[1]} and run the same command again; a run keeps its finished steps.`)
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
