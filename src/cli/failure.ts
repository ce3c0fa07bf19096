/**
 * What is printed when a command fails. A `ReshoreError` prints its name, message and remedy and exits with its code; a
 * file the system refuses becomes one; anything else is a defect of ours and says so, with the stack only when
 * RESHORE_DEBUG is set. With `--json` standard output still carries exactly one document: `{"error": {…}}`.
 */
import { isReshoreError } from '../errors.js'
import { diskFull } from '../fileErrors.js'
import { toJson, type Output } from './io.js'

export interface Failure {
  readonly name: string
  readonly message: string
  readonly remedy: string
  readonly exitCode: 1 | 2
}

const systemFailures: Readonly<Record<string, readonly [name: string, what: string, remedy: string, exitCode: 1 | 2]>> = {
  ENOENT: ['FileNotFoundError', 'there is no file or folder', 'Check the path; relative paths start at the current folder.', 2],
  ENOTDIR: ['FileNotFoundError', 'a part of this path is not a folder:', 'Check the path.', 2],
  EISDIR: ['FileNotFoundError', 'a file is needed, but this is a folder:', 'Name a file.', 2],
  EACCES: ['NotPermittedError', 'no permission for', 'Change its permissions or choose another place.', 1],
  EPERM: ['NotPermittedError', 'no permission for', 'Change its permissions or choose another place.', 1],
  EROFS: ['NotWritableError', 'the file system is read-only:', 'Choose another place with --out.', 1],
}

/** The failure a thrown value stands for. */
export function describeFailure(error: unknown): Failure {
  const ours = isReshoreError(error) ? error : diskFull(error)
  if (ours !== undefined) return { name: ours.name, message: ours.message, remedy: ours.remedy, exitCode: ours.exitCode }
  const system = error as { code?: unknown; path?: unknown }
  const known = error instanceof Error && typeof system.code === 'string' ? systemFailures[system.code] : undefined
  if (known !== undefined) {
    const [name, what, remedy, exitCode] = known
    return {
      name,
      message: `${what} ${typeof system.path === 'string' ? system.path : (error as Error).message}`,
      remedy,
      exitCode,
    }
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return {
    name: 'Defect',
    message,
    remedy: 'This is a defect in reshore: please report it with the command you ran. RESHORE_DEBUG=1 shows where it happened.',
    exitCode: 1,
  }
}

/** Prints a failure and returns its exit code. */
export function reportFailure(error: unknown, json: boolean, stdout: Output, stderr: Output): 1 | 2 {
  const { exitCode, ...failure } = describeFailure(error)
  if (json) stdout.write(`${toJson({ error: failure })}\n`)
  stderr.write(`${failure.name}: ${failure.message}\n${failure.remedy === '' ? '' : `${failure.remedy}\n`}`)
  if (process.env.RESHORE_DEBUG) for (const stack of stacks(error)) stderr.write(`${stack}\n`)
  return exitCode
}

/** Where an error arose, and before it what it was made of: a step's own error is the cause of the one that names the step. */
function stacks(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  return [...stacks(error.cause), ...(error.stack === undefined ? [] : [error.stack])]
}
