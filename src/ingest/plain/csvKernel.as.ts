/**
 * A block of lines of a plain CSV file as columns. First the places of its separators, 64 bytes at a time as bit masks, after
 * Langdale and Lemire (2019); where every line has as many as the header, they are a matrix, and each column is read by itself.
 * A quote may open and close a cell and hold separators, but no line end.
 */
import { setCells } from './cells.as'

export { absentCells, setCodes } from './cells.as'
export { numbers, setFives } from './decimals.as'
export { addTexts, bools, newDictionary, setTop, textCount, textPool, texts, textStarts } from './texts.as'

/** Where the kernel's own tables end. */
export function heapStart(): usize {
  return __heap_base
}

/** Lines that are no rows of so many cells, or broken quotes. */
const IRREGULAR = -1

let quotes: u32 = 0
let returns: u32 = 0
let zeros: bool = false

/**
 * Number of rows in the text [from, to), which ends in a line feed, once the places of its separators are at `out`; −1 where a line
 * has another number of cells, a quote is not closed on its line, or carriage returns are not part of every line end.
 */
export function findCells(from: usize, to: usize, delimiter: u32, columns: i32, out: usize): i32 {
  const count = separators(from, to, <u8>delimiter, out)
  if (count < 0 || zeros || count % columns != 0) return IRREGULAR
  const rows = count / columns
  const ending: usize = returns == 0 ? 0 : 1
  if (returns != 0 && returns != <u32>rows) return IRREGULAR
  if (lines != rows) return IRREGULAR
  for (let row = 1; row <= rows; row++) {
    const end = <usize>load<u32>(out + ((<usize>row * <usize>columns) << 2))
    if (load<u8>(end) != 10 || (ending != 0 && load<u8>(end - 1) != 13)) return IRREGULAR
    // Blank lines are no rows, but where a row is one cell it may be a missing one: the engine decides.
    if (columns == 1 && end - ending == <usize>load<u32>(out + ((<usize>row - 1) << 2)) + 1) return IRREGULAR
  }
  setCells(out, columns, ending)
  return quotes == 0 || quotesClose(out, count, columns, ending) ? rows : IRREGULAR
}

let lines: i32 = 0

function separators(from: usize, to: usize, delimiter: u8, out: usize): i32 {
  const d = i8x16.splat(delimiter), feed = i8x16.splat(10), quote = i8x16.splat(34), carriage = i8x16.splat(13), zero = i8x16.splat(0)
  quotes = 0
  returns = 0
  lines = 0
  let anyZero = zero
  let inside: u64 = 0
  store<u32>(out, <u32>(from - 1))
  let next = out + 4
  for (let at = from; at < to; at += 64) {
    const v0 = v128.load(at), v1 = v128.load(at, 16), v2 = v128.load(at, 32), v3 = v128.load(at, 48)
    const left = to - at
    const valid: u64 = left >= 64 ? u64.MAX_VALUE : ((<u64>1) << <u64>left) - 1
    const ends = bits(v0, v1, v2, v3, feed) & valid
    let marks = bits(v0, v1, v2, v3, d) & valid
    const q = bits(v0, v1, v2, v3, quote) & valid
    if (left >= 64) anyZero = v128.or(anyZero, v128.or(v128.or(i8x16.eq(v0, zero), i8x16.eq(v1, zero)), v128.or(i8x16.eq(v2, zero), i8x16.eq(v3, zero))))
    else if (bits(v0, v1, v2, v3, zero) & valid) anyZero = i8x16.splat(1)
    returns += <u32>popcnt(bits(v0, v1, v2, v3, carriage) & valid)
    if ((q | inside) != 0) {
      quotes += <u32>popcnt(q)
      let x = q
      x ^= x << 1
      x ^= x << 2
      x ^= x << 4
      x ^= x << 8
      x ^= x << 16
      x ^= x << 32
      x ^= inside
      inside = <u64>(<i64>x >> 63)
      if (ends & x) return IRREGULAR
      marks &= ~x
    }
    lines += <i32>popcnt(ends)
    marks |= ends
    const count = <usize>popcnt(marks)
    const base = <u32>at
    for (let k: usize = 0; k < count; k += 4) {
      store<u32>(next + (k << 2), base + <u32>ctz(marks))
      marks &= marks - 1
      store<u32>(next + (k << 2), base + <u32>ctz(marks), 4)
      marks &= marks - 1
      store<u32>(next + (k << 2), base + <u32>ctz(marks), 8)
      marks &= marks - 1
      store<u32>(next + (k << 2), base + <u32>ctz(marks), 12)
      marks &= marks - 1
    }
    next += count << 2
  }
  zeros = v128.any_true(anyZero)
  return <i32>((next - out) >> 2) - 1
}

/** One bit a byte that equals. */
// @ts-ignore: decorator
@inline
function bits(v0: v128, v1: v128, v2: v128, v3: v128, byte: v128): u64 {
  const low = <u32>i8x16.bitmask(i8x16.eq(v0, byte)) | (<u32>i8x16.bitmask(i8x16.eq(v1, byte)) << 16)
  const high = <u32>i8x16.bitmask(i8x16.eq(v2, byte)) | (<u32>i8x16.bitmask(i8x16.eq(v3, byte)) << 16)
  return <u64>low | (<u64>high << 32)
}

/** Every quote opens or closes a cell at its ends, or is doubled within one. */
function quotesClose(out: usize, cells: i32, columns: i32, ending: usize): bool {
  let seen: u32 = 0
  for (let cell = 0, column = 1; cell < cells; cell++, column++) {
    const start = <usize>load<u32>(out + (<usize>cell << 2)) + 1
    let end = <usize>load<u32>(out + (<usize>cell << 2), 4)
    if (column == columns) {
      column = 0
      end -= ending
    }
    if (start >= end || load<u8>(start) != 34) continue
    if (end - start < 2 || load<u8>(--end) != 34) return false
    seen += 2
    for (let at = start + 1; at < end; at++) {
      if (load<u8>(at) != 34) continue
      if (++at >= end || load<u8>(at) != 34) return false
      seen += 2
    }
  }
  return seen == quotes
}
