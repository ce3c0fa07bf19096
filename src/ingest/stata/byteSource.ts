/**
 * A Stata file as bytes by position. Every request is held to the file's size first, so that a truncated file is an error with its
 * byte, and no number in a damaged file can ask for more memory than the file has.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { ReshoreError } from '../../errors.js'
import { cannotRead } from '../../fileErrors.js'

export interface ByteSource {
  readonly path: string
  readonly size: number
  /** Bytes of a part, named for the error; valid until the next request. */
  bytes(at: number, length: number, part: string): Buffer
  /** Throws where the file ends before the part does. */
  hold(at: number, length: number, part: string): void
  close(): void
}

const windowBytes = 262_144

/** Opens a file; the caller closes it. */
export function openBytes(path: string): ByteSource {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    throw cannotRead(path, error)
  }
  const { size } = fstatSync(file)
  let window: Buffer = Buffer.alloc(0)
  let windowAt = 0

  function read(at: number, length: number): Buffer {
    const target = window.length >= length ? window : Buffer.allocUnsafeSlow(length)
    let filled = 0
    try {
      while (filled < length) {
        const count = readSync(file, target, filled, length - filled, at + filled)
        if (count === 0) throw truncated(path, at + filled, 'the file, which became shorter while it was read', at + length)
        filled += count
      }
    } catch (error) {
      if (error instanceof ReshoreError) throw error
      throw cannotRead(path, error)
    }
    window = target.subarray(0, length)
    windowAt = at
    return window
  }

  function hold(at: number, length: number, part: string): void {
    if (!(at + length <= size)) throw truncated(path, size, part, at + length)
  }

  return {
    path, size, hold,
    bytes(at, length, part) {
      hold(at, length, part)
      if (at >= windowAt && at + length <= windowAt + window.length) return window.subarray(at - windowAt, at - windowAt + length)
      return read(at, Math.max(length, Math.min(windowBytes, size - at))).subarray(0, length)
    },
    close: () => closeSync(file),
  }
}

/** A file whose bytes contradict the format. */
export function corrupt(path: string, at: number, what: string): ReshoreError {
  return new ReshoreError(
    'StataFileError',
    `${path}, byte ${at}: ${what}`,
    'The file is damaged, or its writer departs from the format: open it in Stata and save it again, or copy it again.',
  )
}

function truncated(path: string, at: number, part: string, end: number): ReshoreError {
  return new ReshoreError(
    'StataFileError',
    `${path} ends at byte ${at}, within ${part}, which should reach byte ${end}`,
    'The file is not whole: copy it, or save it in Stata, again.',
  )
}
