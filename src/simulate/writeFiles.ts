/** Simulated files on disk: whole or not at all, and a clear failure where the folder cannot be written. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cannotWrite } from '../fileErrors.js'
import { makeFolder } from '../makeFolder.js'

/** Writes `files` by name into `folder`, each under a temporary name first, then renamed. Throws `NotWritableError`, `DiskFullError`. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  try {
    makeFolder(folder)
    for (const [name, bytes] of files) await writeWhole(join(folder, name), bytes)
  } catch (error) {
    throw cannotWrite(folder, error)
  }
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  try {
    await writeFile(`${path}.partial`, bytes)
    await rename(`${path}.partial`, path)
  } catch (error) {
    await rm(`${path}.partial`, { force: true })
    throw error
  }
}
