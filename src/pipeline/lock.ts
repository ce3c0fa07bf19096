/**
 * One run at a time in a folder. The lock is a file made exclusively that says which process holds it; a lock whose process
 * is gone (a killed run) is taken over. A process is recognised by its id and, where the system tells, its start time, so
 * that a recycled id does not keep a dead lock alive. On another machine's lock nothing can be checked: it is respected.
 */
import { readFileSync, renameSync, rmSync, writeFileSync, linkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ReshoreError } from '../errors.js'

interface LockOwner {
  readonly process: number
  readonly startTime: string
  readonly host: string
}

const lockName = '.lock'

/** Takes the lock of a folder and returns what releases it. Throws `RunLockedError` while another process holds it. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, lockName)
  const own: LockOwner = { process: process.pid, startTime: startTime(process.pid), host: hostname() }
  if (!tryCreate(path, own)) takeOver(path, own)
  return () => {
    if (sameOwner(readOwner(path), own)) rmSync(path, { force: true })
  }
}

function tryCreate(path: string, owner: LockOwner): boolean {
  try {
    writeFileSync(path, JSON.stringify(owner), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves a dead lock aside, so that only one of several rescuers succeeds, and makes a new one. */
function takeOver(path: string, own: LockOwner): void {
  const holder = readOwner(path)
  if (holder !== undefined && isAlive(holder)) throw lockedError(path, holder)
  const aside = `${path}.${own.process}`
  try {
    renameSync(path, aside)
    // Another rescuer may have been faster: then what was moved is its lock, and it goes back.
    const moved = readOwner(aside)
    if (moved !== undefined && !sameOwner(moved, holder)) linkSync(aside, path)
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    rmSync(aside, { force: true })
  }
  if (!tryCreate(path, own)) throw lockedError(path, readOwner(path))
}

/** Undefined for a lock that is gone or was cut short while being written. */
function readOwner(path: string): LockOwner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockOwner
  } catch {
    return undefined
  }
}

function sameOwner(a: LockOwner | undefined, b: LockOwner | undefined): boolean {
  return a !== undefined && b !== undefined && a.process === b.process && a.startTime === b.startTime && a.host === b.host
}

function isAlive({ process: id, startTime: since, host }: LockOwner): boolean {
  if (host !== hostname()) return true
  try {
    process.kill(id, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return startTime(id) === since
}

/** Start time of a process in clock ticks since boot, or an empty text where the system does not say (not Linux). */
function startTime(id: number): string {
  try {
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8')
    return fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function lockedError(path: string, holder: LockOwner | undefined): ReshoreError {
  const who =
    holder === undefined
      ? 'another process'
      : `process ${holder.process}${holder.host === hostname() ? '' : ` on ${holder.host}`}`
  return new ReshoreError(
    'RunLockedError',
    `${who} is running in this folder (${path})`,
    'Wait for it, choose another folder with --out, or delete the lock file if that process is gone.',
  )
}
