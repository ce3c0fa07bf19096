/** Where the public data sets lie, when they are there: tests that use them skip otherwise. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const candidates = [
  process.env.RESHORE_SHARED_DATA,
  resolve(dirname(fileURLToPath(import.meta.url)), '../../shared/data'),
  resolve(dirname(fileURLToPath(import.meta.url)), '../../../shared/data'),
]

/** Path of a file or folder of the public data, or undefined where the folder is absent. */
export function sharedData(...parts: readonly string[]): string | undefined {
  const root = candidates.find((folder): folder is string => folder !== undefined && existsSync(folder))
  const path = root === undefined ? undefined : join(root, ...parts)
  return path !== undefined && existsSync(path) ? path : undefined
}
