/**
 * A fit on disk: JSON that other software reads, long arrays (scores, codes) in an Arrow file beside it. Numbers keep every bit; both
 * files are written under temporary names and renamed.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { ReshoreError } from '../../errors.js'
import { decodeRecord, encodeRecord } from '../recordFile.js'
import type { Fit } from '../records.js'

/** Writes `fit` to `path` (JSON) and, where it has long arrays, `path.arrow`. */
export function saveFit(fit: Fit, path: string): void {
  const { json, arrays } = encodeRecord(fit, 'fit')
  if (arrays === undefined) rmSync(`${path}.arrow`, { force: true })
  else writeRenamed(`${path}.arrow`, arrays)
  writeRenamed(path, json)
}

/** The fit that `saveFit` wrote to `path`. Throws a `FitFileError` where the files are not such. */
export function loadFit(path: string): Fit {
  const json = readFileSync(path, 'utf8')
  const arrays = existsSync(`${path}.arrow`) ? readFileSync(`${path}.arrow`) : undefined
  try {
    return decodeRecord({ json, arrays }) as Fit
  } catch (error) {
    throw new ReshoreError('FitFileError', `${path} is not a fit saved by reshore: ${(error as Error).message}`, 'Save it again with saveFit; the JSON and the .arrow file beside it belong together.')
  }
}

function writeRenamed(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, content)
  renameSync(temporary, path)
}
