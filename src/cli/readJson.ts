/** JSON documents named on the command line. */
import { readFile } from 'node:fs/promises'
import { ReshoreError } from '../errors.js'
import { usageError } from './arguments.js'

/** The document; `what` is its name in errors: 'problem document'. Throws a `UsageError` or a `ProblemError` (exit code 2). */
export async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw usageError(`cannot read the ${what} ${path} (${error.code ?? error.message})`, 'Check the path and its permissions.')
  })
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new ReshoreError('ProblemError', `${path} is not JSON: ${(error as Error).message}`, 'Correct the document; JSON has no NaN, Infinity or trailing commas.', 2)
  }
}
