/**
 * A CSV file written row by row through one block of bytes, for files too large to hold: no text, no row objects. Under a
 * temporary name first, renamed when whole. Text comes encoded; numbers are written digit by digit.
 */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { cannotWrite } from '../fileErrors.js'
import { makeFolder } from '../makeFolder.js'

export interface BlockFile {
  /** Lines written, the header among them. */
  lines(): number
  /** A cell that is already in the encoding of the file. */
  bytes(cell: Uint8Array): void
  /** A cell of ASCII text. */
  ascii(cell: string): void
  /** A number with up to `decimals` decimals, trailing zeros left out; `fullWidth` digits are those of Shift_JIS. */
  number(value: number, decimals: number, fullWidth?: boolean): void
  /** A non-negative integer with zeros before it. */
  padded(value: number, digits: number): void
  endLine(): void
  finish(): void
}

const blockBytes = 1 << 20
/** Longer than any line. */
const reserve = 1 << 12
const ascii = { comma: 0x2c, carriage: 0x0d, feed: 0x0a, minus: 0x2d, point: 0x2e, zero: 0x30 } as const
/** Two bytes each in Shift_JIS. */
const fullWidthSigns = { zero: 0x824f, point: 0x8144 } as const

/** Writes `name` into `folder` by `write`. Throws `NotWritableError`, `DiskFullError`. */
export function writeBlockFile(folder: string, name: string, header: readonly string[], write: (file: BlockFile) => void): void {
  const path = join(folder, name)
  const attempt = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw cannotWrite(folder, error)
    }
  }
  const descriptor = attempt(() => {
    makeFolder(folder)
    return openSync(`${path}.partial`, 'w')
  })
  try {
    const file = blockFile((block) => attempt(() => writeWhole(descriptor, block)))
    for (const column of header) file.ascii(column)
    file.endLine()
    write(file)
    file.finish()
  } catch (error) {
    closeSync(descriptor)
    rmSync(`${path}.partial`, { force: true })
    throw error
  }
  attempt(() => {
    closeSync(descriptor)
    renameSync(`${path}.partial`, path)
  })
}

function writeWhole(descriptor: number, block: Uint8Array): void {
  for (let done = 0; done < block.length; ) done += writeSync(descriptor, block, done)
}

function blockFile(flush: (block: Uint8Array) => void): BlockFile {
  const block = Buffer.allocUnsafe(blockBytes)
  let [at, lines, cells] = [0, 0, 0]
  const next = (): void => {
    if (cells++ > 0) block[at++] = ascii.comma
  }
  const digits = (value: number, least: number, width: boolean): void => {
    let count = 1
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) count++
    count = Math.max(count, least)
    const size = width ? 2 : 1
    let rest = value
    for (let place = count - 1; place >= 0; place--) {
      const above = Math.floor(rest / 10)
      const digit = rest - 10 * above
      rest = above
      if (width) block.writeUInt16BE(fullWidthSigns.zero + digit, at + size * place)
      else block[at + place] = ascii.zero + digit
    }
    at += size * count
  }
  return {
    lines: () => lines,
    bytes: (cell) => {
      next()
      block.set(cell, at)
      at += cell.length
    },
    ascii: (cell) => {
      next()
      at += block.write(cell, at, 'latin1')
    },
    number: (value, decimals, fullWidth = false) => {
      next()
      if (value < 0) block[at++] = ascii.minus
      let scaled = Math.round(Math.abs(value) * 10 ** decimals)
      let kept = decimals
      for (; kept > 0 && scaled % 10 === 0; kept--) scaled /= 10
      const unit = 10 ** kept
      const whole = Math.floor(scaled / unit)
      digits(whole, 1, fullWidth)
      if (kept === 0) return
      if (fullWidth) at = block.writeUInt16BE(fullWidthSigns.point, at)
      else block[at++] = ascii.point
      digits(scaled - whole * unit, kept, fullWidth)
    },
    padded: (value, count) => {
      next()
      digits(value, count, false)
    },
    endLine: () => {
      block[at++] = ascii.carriage
      block[at++] = ascii.feed
      cells = 0
      lines++
      if (at > blockBytes - reserve) {
        flush(block.subarray(0, at))
        at = 0
      }
    },
    finish: () => flush(block.subarray(0, at)),
  }
}
