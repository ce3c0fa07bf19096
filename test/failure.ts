import { isReshoreError, type ReshoreError } from '../src/errors.js'

/** The named error that `run` throws; a defect, or no error at all, fails the test. */
export function failure(run: () => unknown): ReshoreError {
  try {
    run()
  } catch (error) {
    if (isReshoreError(error)) return error
    throw error
  }
  throw new Error('no error')
}
