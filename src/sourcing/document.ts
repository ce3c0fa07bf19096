/**
 * Problem documents: what `reshore solve KIND --problem FILE.json` reads. A schema checks types and signs, the shape checks
 * below check lengths against each other; both fail with one `ProblemError` that names the place (`unitCosts[2][3]`) and ends
 * the command with exit code 2.
 */
import { z } from 'zod'
import { ReshoreError } from '../errors.js'

export type DocumentPath = readonly (string | number)[]

/** A finite number, zero or above. */
export const nonNegative = z.number().min(0)
/** A finite number above zero. */
export const positive = z.number().gt(0)
/** Rows of numbers; lengths are checked against the rest of the document by `requireLength`. */
export const matrixOf = (entry: z.ZodType<number>): z.ZodType<number[][]> => z.array(z.array(entry))

/**
 * The document as the schema types it.
 *
 * @param kind the KIND of the command line, for the message
 * @throws ProblemError (exit code 2) at the first place that is unknown, missing, of the wrong type or out of range
 * @example const { costs } = readDocument('tree', z.strictObject({ costs: matrixOf(nonNegative) }), { costs: [[1, 2]] })
 */
export function readDocument<T>(kind: string, schema: z.ZodType<T>, document: unknown, at: DocumentPath = []): T {
  const result = schema.safeParse(document)
  if (result.success) return result.data
  // A misspelt key is also a missing one: the spelling is the better news.
  const issue = result.error.issues.find(({ code }) => code === 'unrecognized_keys') ?? result.error.issues[0]!
  const path = [...at, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))]
  if (issue.code === 'unrecognized_keys') {
    const allowed = schema instanceof z.ZodObject ? ` The keys of this document are ${Object.keys(schema.shape).join(', ')}.` : ''
    throw problemError(kind, [...path, issue.keys[0]!], 'is not a key of this document', `Remove it or correct its spelling.${allowed}`)
  }
  const what = issue.message.replace(/^Invalid (input|option): /, '').replace(/^Too (small|big): expected number to be/, 'must be')
  throw problemError(kind, path, valueAt(document, issue.path) === undefined ? `is missing (${what.replace(/, received undefined$/, '')})` : what)
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => (value === null || value === undefined ? undefined : (value as Record<PropertyKey, unknown>)[part]), document)
}

/** The error for one place in a problem document. */
export function problemError(
  kind: string, at: DocumentPath, what: string, remedy = 'Correct the problem document at this place.',
): ReshoreError {
  return new ReshoreError('ProblemError', `${kind} problem, ${placeOf(at)}: ${what}.`, remedy, 2)
}

/** Throws unless `list` has `length` entries; `because` says where the length comes from. */
export function requireLength(kind: string, list: readonly unknown[], length: number, at: DocumentPath, because: string): void {
  if (list.length === length) return
  throw problemError(kind, at, `has ${list.length} entries where ${because} asks for ${length}`)
}

/** Throws unless `matrix` has the given shape. */
export function requireShape(
  kind: string,
  matrix: readonly (readonly unknown[])[],
  [rows, columns]: readonly [number, number],
  at: DocumentPath,
  because: string,
): void {
  requireLength(kind, matrix, rows, at, because)
  matrix.forEach((row, index) => requireLength(kind, row, columns, [...at, index], because))
}

/** `['unitCosts', 2, 3]` as `unitCosts[2][3]`. */
function placeOf(path: DocumentPath): string {
  if (path.length === 0) return 'the document'
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
}
