/** JSON beside the raw files of a study. */
import { readFileSync } from 'node:fs'
import { ReshoreError } from 'reshore'

/** The document of a file; a file that is not JSON is an error that names it. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new ReshoreError('DocumentError', `${file} is not JSON: ${error.message}`, 'Correct the document, or copy it again.')
  }
}
