/**
 * A folder for copies while files are read, beside what is written: confidential text never leaves that disk. It is named after
 * the process, so that the next one removes what a killed one left behind.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cannotWrite } from '../fileErrors.js'
import { makeFolder } from '../makeFolder.js'

const prefix = '.ingest-'

/** A new folder inside `parent`, which is made where it is absent; the caller removes it. */
export function temporaryFolder(parent: string): string {
  try {
    makeFolder(parent)
    for (const name of readdirSync(parent)) if (isAbandoned(name)) rmSync(join(parent, name), { recursive: true, force: true })
    return mkdtempSync(join(parent, `${prefix}${process.pid}-`))
  } catch (error) {
    throw cannotWrite(parent, error)
  }
}

function isAbandoned(name: string): boolean {
  const owner = new RegExp(`^\\${prefix}(\\d+)-`).exec(name)?.[1]
  if (owner === undefined) return false
  try {
    process.kill(Number(owner), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
