/**
 * The one failure record of the house. Every expected failure is thrown as a `ReshoreError`: `name` says which kind it is
 * (`SeparationError`, `MissingColumnError`, …), the message says what happened and where, `remedy` says what to do. The
 * command line prints both and exits with `exitCode`; anything else that is thrown is a defect of ours.
 *
 * With `fileErrors` and `makeFolder` one of the modules every stage may import: it holds no logic.
 */
export class ReshoreError extends Error {
  /** What the user can do about it, as one or more sentences. */
  readonly remedy: string
  /** 1: the data or the model failed; 2: wrong usage (command line, formula, problem document, configuration). */
  readonly exitCode: 1 | 2

  constructor(name: string, message: string, remedy: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.name = name
    this.remedy = remedy
    this.exitCode = exitCode
  }
}

/** True for any error of ours, also one that crossed a worker boundary and lost its class. */
export function isReshoreError(error: unknown): error is ReshoreError {
  return error instanceof Error && typeof (error as { remedy?: unknown }).remedy === 'string'
}
