/** What is thrown where the system refuses a file or a folder. Any stage that touches files may import it. */
import { ReshoreError } from './errors.js'

/** A `FileError` (exit code 1): `path` is not there, or not for us to read. */
export function cannotRead(path: string, error: unknown): ReshoreError {
  return new ReshoreError('FileError', `cannot read ${path}: ${reason(error)}`, 'Check that the path exists and can be read.')
}

/** A `NotWritableError` (exit code 1): nothing can be written at `path`, a file or a folder. */
export function cannotWrite(path: string, error: unknown): ReshoreError {
  return new ReshoreError('NotWritableError', `cannot write to ${path}: ${reason(error)}`, 'Choose a folder that exists and can be written to.')
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
