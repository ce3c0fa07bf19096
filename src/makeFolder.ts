/**
 * Makes a folder and the folders above it that are missing, one at a time. Node's own recursive `mkdir` never returns where a
 * file system answers "no such file" for a new folder in an existing one (as /proc does); this throws the file system's error instead.
 */
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Returns when `folder` exists; throws the error of the file system where it cannot be made or is a file. */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makeFolder(parent)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Somebody else may have made it in the meantime.
    if (!isFolder(folder)) throw error
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
