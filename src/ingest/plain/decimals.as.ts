//part of csvKernel.as.ts
/**
 * Decimal numbers of one column to the nearest doubles. A number is its digits as an integer w ≤ 2⁶⁴ and a power of ten q. Where w
 * and 10^|q| are doubles, one multiplication or division rounds rightly (Clinger 1990); otherwise w times 128 bits of 5^q decides
 * (Lemire 2021, Number parsing at a gigabyte per second; Mushtak and Lemire 2023 that 64-bit w need no further look). What has more
 * digits, or is no number, is left to the caller.
 */
import { cellEnd, cellStart, isCode, notePresent, trimmed, trimmedEnd } from './cells.as'

const MISSING = 1
const LARGEST_EXACT: u64 = 9007199254740992
const SIGN: u64 = 0x8000000000000000
const DOUBT: f64 = NaN
/** Exponents of the table of powers of five. */
const SMALLEST_POWER = -342
const LARGEST_POWER = 308

/** 64-bit masks that keep the last n bytes of eight, at 16 + n; none below, all above. */
const keep = memory.data<u64>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0xff00000000000000, 0xffff000000000000, 0xffffff0000000000, 0xffffffff00000000, 0xffffffffff000000, 0xffffffffffff0000, 0xffffffffffffff00,
  0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff,
  0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff,
  0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff,
])

/** Powers of ten below 2⁶⁴; beyond them only zero is multiplied. */
const powers = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
  100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000, 10000000000000000000, 0, 0, 0, 0, 0,
])

const exactPowers = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
])

let fives: usize = 0

/** Where the high and low 64 bits of 5^q lie, for q from −342 to 308. */
export function setFives(table: usize): void {
  fives = table
}

/**
 * Values and missing marks of a column's cells in `rows` rows, and the rows left to the caller in `doubts`; gives the number of these.
 */
export function numbers(column: i32, rows: i32, decimal: u32, userCodes: i32, values: usize, missing: usize, doubts: usize): i32 {
  let doubtful: i32 = 0
  let absent: i32 = 0
  for (let row = 0; row < rows; row++, values += 8) {
    const start = cellStart(column, row)
    const end = cellEnd(column, row)
    let value: f64 = 0
    if (start == end || (userCodes != 0 && isCode(start, end, userCodes))) {
      absent++
      store<u8>(missing + row, MISSING)
    } else {
      value = plainNumber(start, end, decimal)
      if (value != value) {
        const state = otherNumber(start, end, decimal)
        if (state == MISSING) {
          absent++
          store<u8>(missing + row, MISSING)
          value = 0
        } else if (other != other) {
          store<u32>(doubts + (<usize>doubtful << 2), row)
          doubtful++
          value = 0
        } else {
          value = other
        }
      }
    }
    store<f64>(values, value)
  }
  notePresent(absent)
  return doubtful
}

/** `-12`, `0.5`, `1234.`: up to 31 characters and 19 digits, without exponent; NaN for anything else. */
// @ts-ignore: decorator
@inline
function plainNumber(start: usize, end: usize, decimal: u32): f64 {
  const negative = load<u8>(start) == 45
  const from = start + <usize>negative
  const length = <u32>(end - from)
  if (length - 1 < 8) {
    const mask = load<u64>(keep + ((<usize>length + 16) << 3))
    const text = load<u64>(end - 8)
    // Digits are 0x30 to 0x39: their high halves stay 3 with 6 added.
    if ((((text & 0xf0f0f0f0f0f0f0f0) | (((text + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) & mask) == (0x3333333333333333 & mask)) {
      return signed(<f64><i64>eightDigits(text & mask), negative)
    }
  }
  if (length - 1 >= 31) return DOUBT
  const others = ((nonDigits(from + 16) << 16) | nonDigits(from)) & ((1 << length) - 1)
  let w: u64
  let q: i32 = 0
  if (others == 0) {
    if (length > 19) return DOUBT
    w = lastDigits(end, length)
    if (w >= LARGEST_EXACT) return DOUBT
  } else {
    const point = <u32>ctz(others)
    if ((others & (others - 1)) != 0 || load<u8>(from + point) != decimal || point > 8 || length == 1) return DOUBT
    const places = length - point - 1
    if (places > 24) return DOUBT
    const whole = eightDigits(load<u64>(from + point - 8) & load<u64>(keep + ((<usize>point + 16) << 3)))
    const highest = eightDigits(load<u64>(end - 24) & load<u64>(keep + (<usize>places << 3)))
    if (length > 20 && (whole != 0 || highest >= 1000)) return DOUBT
    w = whole * load<u64>(powers + (<usize>places << 3)) + highest * 10000000000000000 + sixteenDigits(end, places)
    q = -<i32>places
  }
  return signed(toDouble(w, q), negative)
}

// @ts-ignore: decorator
@inline
function signed(value: f64, negative: bool): f64 {
  return reinterpret<f64>(reinterpret<u64>(value) | (<u64>negative << 63))
}

// @ts-ignore: decorator
@inline
function nonDigits(from: usize): u32 {
  return i8x16.bitmask(i8x16.gt_u(i8x16.sub(v128.load(from), i8x16.splat(48)), i8x16.splat(9)))
}

/** The last `count` ≤ 24 characters before `end` as digits. */
// @ts-ignore: decorator
@inline
function lastDigits(end: usize, count: u32): u64 {
  return eightDigits(load<u64>(end - 24) & load<u64>(keep + (<usize>count << 3))) * 10000000000000000 + sixteenDigits(end, count)
}

// @ts-ignore: decorator
@inline
function sixteenDigits(end: usize, count: u32): u64 {
  return eightDigits(load<u64>(end - 16) & load<u64>(keep + ((<usize>count + 8) << 3))) * 100000000
    + eightDigits(load<u64>(end - 8) & load<u64>(keep + ((<usize>count + 16) << 3)))
}

/** Eight digits, the first in the lowest byte: pairs, then fours, then all. */
// @ts-ignore: decorator
@inline
function eightDigits(text: u64): u64 {
  let x = text & 0x0f0f0f0f0f0f0f0f
  x = ((x * 2561) >> 8) & 0x00ff00ff00ff00ff
  x = ((x * 6553601) >> 16) & 0x0000ffff0000ffff
  return (x * 42949672960001) >> 32
}

/** What `otherNumber` read; NaN where the caller must look. */
let other: f64 = 0

/** Spaces and quotes around a number, codes for missing, exponents, many digits. */
function otherNumber(cell: usize, cellStop: usize, decimal: u32): i32 {
  other = DOUBT
  let at = trimmed(cell, cellStop)
  const end = trimmedEnd()
  if (at == end || isCode(at, end, -1)) return MISSING
  const first = load<u8>(at)
  const sign = first == 45 ? SIGN : 0
  if (first == 45 || first == 43) at++
  if (end - at == 3 && (load<u8>(at) | 32) == 110 && (load<u8>(at + 1) | 32) == 97 && (load<u8>(at + 2) | 32) == 110) return MISSING
  let w: u64 = 0
  let digits = 0, places = 0, seen = 0
  let point = false
  for (; at < end; at++) {
    const c = load<u8>(at)
    if (c == decimal && !point) {
      point = true
      continue
    }
    if (c - 48 > 9) break
    seen++
    if (w != 0 || c != 48) digits++
    if (digits > 19) return 0
    w = w * 10 + (c - 48)
    if (point) places++
  }
  if (seen == 0) return 0
  let q = -places
  const whole = !point && at == end
  if (at < end) {
    if ((load<u8>(at++) | 32) != 101) return 0
    let negative = false
    if (at < end && (load<u8>(at) == 45 || load<u8>(at) == 43)) negative = load<u8>(at++) == 45
    if (at == end || end - at > 4) return 0
    let exponent = 0
    for (; at < end; at++) {
      const c = load<u8>(at)
      if (c - 48 > 9) return 0
      exponent = exponent * 10 + (c - 48)
    }
    q += negative ? -exponent : exponent
  }
  if (whole && w >= LARGEST_EXACT) return 0
  const value = w == 0 ? 0 : toDouble(w, q)
  if (value == value) other = reinterpret<f64>(reinterpret<u64>(value) | sign)
  return 0
}

/** w·10^q, or NaN where that is no double above zero. */
// @ts-ignore: decorator
@inline
function toDouble(w: u64, q: i32): f64 {
  // With 16 digits w may be a double or not: no branch predictor knows, and the other way is as good.
  if (q >= -15 && q <= 0 && w <= LARGEST_EXACT) return <f64><i64>w / load<f64>(exactPowers + (<usize>(-q) << 3))
  return scaled(w, q)
}

function scaled(given: u64, q: i32): f64 {
  if (given == 0) return 0
  if (q < SMALLEST_POWER || q > LARGEST_POWER) return DOUBT
  const zeros = <i32>clz(given)
  const w = given << zeros
  const power = fives + (<usize>(q - SMALLEST_POWER) << 4)
  const five = load<u64>(power)
  let low = w * five
  let high = highProduct(w, five)
  if ((high & 0x1ff) == 0x1ff) {
    const more = highProduct(w, load<u64>(power, 8))
    low += more
    if (more > low) high++
  }
  const upper = <i32>(high >> 63)
  const shift = upper + 9
  let mantissa = high >> shift
  // 152170 / 2¹⁶ is log₂5 − 2, near enough for every q.
  let exponent = (((152170 + 65536) * q) >> 16) + 63 + upper - zeros + 1023
  if (exponent <= 0) {
    if (exponent <= -63) return DOUBT
    mantissa >>= 1 - exponent
    mantissa += mantissa & 1
    mantissa >>= 1
    return mantissa == 0 ? DOUBT : reinterpret<f64>(mantissa)
  }
  // Halfway between two doubles, which only small powers can be: to the even one.
  if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << shift == high) mantissa &= ~1
  mantissa += mantissa & 1
  mantissa >>= 1
  if (mantissa >= 0x20000000000000) {
    mantissa = 0x10000000000000
    exponent++
  }
  if (exponent >= 2047) return DOUBT
  return reinterpret<f64>((mantissa & 0xfffffffffffff) | (<u64>exponent << 52))
}

/** High 64 bits of a product. */
// @ts-ignore: decorator
@inline
function highProduct(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32
  const middle = a1 * b0 + ((a0 * b0) >> 32)
  const cross = a0 * b1 + (middle & 0xffffffff)
  return a1 * b1 + (middle >> 32) + (cross >> 32)
}
