/** Cells of numbers: value and missing code by storage type. Extended missing values are the largest numbers of every type. */
import { otherMissing } from './missing.js'
import type { StataStorage } from './records.js'

export interface NumberCells {
  /** Number of the missing value (`.` is 0, `.a` is 1), or −1 for a cell that has a value. */
  missing(view: DataView, at: number): number
  value(view: DataView, at: number): number
}

const codes = 27

/** Readers of a storage type's cells. */
export function numberCells(storage: Exclude<StataStorage, 'str' | 'strL'>, littleEndian: boolean): NumberCells {
  if (storage === 'byte') return integers((view, at) => view.getInt8(at), 101)
  if (storage === 'int') return integers((view, at) => view.getInt16(at, littleEndian), 32_741)
  if (storage === 'long') return integers((view, at) => view.getInt32(at, littleEndian), 2_147_483_621)
  if (storage === 'float') {
    return { value: (view, at) => view.getFloat32(at, littleEndian), missing: (view, at) => floatMissing(view.getUint32(at, littleEndian)) }
  }
  const high = littleEndian ? 4 : 0
  return {
    value: (view, at) => view.getFloat64(at, littleEndian),
    missing: (view, at) => doubleMissing(view.getUint32(at + high, littleEndian), view, at + 4 - high, littleEndian),
  }
}

function integers(value: NumberCells['value'], first: number): NumberCells {
  return {
    value,
    missing(view, at) {
      const number = value(view, at)
      return number < first ? -1 : number - first
    },
  }
}

/** 2^127 and 2^127 (1 + k/4096) for letter k; above and below all numbers are infinities and NaN. */
function floatMissing(bits: number): number {
  if (bits < 0x7f000000 || (bits >= 0x80000000 && bits < 0xff800000)) return -1
  const code = (bits - 0x7f000000) / 0x800
  return Number.isInteger(code) && code < codes ? code : otherMissing
}

/** 2^1023 and 2^1023 (1 + k/4096). */
function doubleMissing(high: number, view: DataView, lowAt: number, littleEndian: boolean): number {
  if (high < 0x7fe00000 || (high >= 0x80000000 && high < 0xfff00000)) return -1
  const code = (high - 0x7fe00000) / 0x100
  return Number.isInteger(code) && code < codes && view.getUint32(lowAt, littleEndian) === 0 ? code : otherMissing
}
