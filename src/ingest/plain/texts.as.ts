//part of csvKernel.as.ts
/**
 * Texts of one column to codes, which count up in order of first appearance. A dictionary is eight words: slots, their mask, the number of
 * texts, the pool of their bytes, its size, the ends of the texts in the pool, and room for them. A slot is a hash and a code + 1.
 */
import { cellEnd, cellStart, isCode, notePresent, trimmed, trimmedEnd } from './cells.as'

const SLOTS: usize = 0
const MASK: usize = 4
const COUNT: usize = 8
const POOL: usize = 12
const POOL_ROOM: usize = 16
const ENDS: usize = 20
const ENDS_ROOM: usize = 24
const FULL = -1

let top: usize = 0

/** Where free memory begins: dictionaries grow from here. */
export function setTop(at: usize): void {
  top = at
}

/** Room on a cache line; 0 where memory has come to its end. */
function allocate(bytes: usize): usize {
  const at = (top + 63) & ~63
  if (bytes > 0x40000000 || at > 0xfff00000 - bytes) return 0
  const missing = <i64>(at + bytes + 64) - (<i64>memory.size() << 16)
  if (missing > 0 && memory.grow(<i32>((missing + 65535) >> 16)) < 0) return 0
  top = at + bytes
  return at
}

/** An empty dictionary; 0 where there is no room. */
export function newDictionary(): usize {
  const at = allocate(64)
  const slots = allocate(256 << 3)
  const pool = allocate(4096)
  const ends = allocate(256 << 2)
  if (!at || !slots || !pool || !ends) return 0
  memory.fill(slots, 0, 256 << 3)
  store<u32>(at, <u32>slots, SLOTS)
  store<u32>(at, 255, MASK)
  store<u32>(at, 0, COUNT)
  store<u32>(at, <u32>pool, POOL)
  store<u32>(at, 4096, POOL_ROOM)
  store<u32>(at, <u32>ends, ENDS)
  store<u32>(at, 256, ENDS_ROOM)
  store<u32>(ends, 0)
  return at
}

export function textCount(dictionary: usize): i32 {
  return load<i32>(dictionary, COUNT)
}

export function textPool(dictionary: usize): usize {
  return load<u32>(dictionary, POOL)
}

/** Where the texts begin in the pool, and the last one ends. */
export function textStarts(dictionary: usize): usize {
  return load<u32>(dictionary, ENDS)
}

/** Codes and missing marks of a column's cells; false where there is no room. Doubled quotes are undone in place. */
export function texts(dictionary: usize, column: i32, rows: i32, userCodes: i32, out: usize, missing: usize): bool {
  let absent = 0
  for (let row = 0; row < rows; row++, out += 4) {
    let start = cellStart(column, row)
    let end = cellEnd(column, row)
    if (start < end && load<u8>(start) == 34) end = unquoted(++start, end - 1)
    let code = 0
    if (start == end || (userCodes != 0 && isMissing(start, end, userCodes))) {
      absent++
      store<u8>(missing + row, 1)
    } else {
      code = codeOf(dictionary, start, <u32>(end - start))
      if (code == FULL) return false
    }
    store<i32>(out, code)
  }
  notePresent(absent)
  return true
}

/** Codes of texts that lie one after another; false where there is no room. */
export function addTexts(dictionary: usize, text: usize, lengths: usize, count: i32, out: usize): bool {
  for (let i = 0; i < count; i++) {
    const length = load<u32>(lengths + (<usize>i << 2))
    const code = codeOf(dictionary, text, length)
    if (code == FULL) return false
    store<i32>(out + (<usize>i << 2), code)
    text += length
  }
  return true
}

/** True, false and missing cells; false where one is none of them. */
export function bools(column: i32, rows: i32, out: usize, missing: usize): bool {
  let absent = 0
  for (let row = 0; row < rows; row++) {
    const start = trimmed(cellStart(column, row), cellEnd(column, row))
    const end = trimmedEnd()
    const length = end - start
    const word = load<u32>(start)
    let value: u8 = 0
    if (length == 4 && (word == 0x65757274 || word == 0x45555254 || word == 0x65757254)) value = 1
    else if (length == 5 && ((word == 0x736c6166 && load<u8>(start, 4) == 101) || (word == 0x534c4146 && load<u8>(start, 4) == 69)
      || (word == 0x736c6146 && load<u8>(start, 4) == 101))) value = 0
    else if (length == 0 || isCode(start, end, -1)) {
      absent++
      store<u8>(missing + row, 1)
    } else return false
    store<u8>(out + row, value)
  }
  notePresent(absent)
  return true
}

function isMissing(start: usize, end: usize, userCodes: i32): bool {
  while (start < end && load<u8>(start) == 32) start++
  while (start < end && load<u8>(end - 1) == 32) end--
  return isCode(start, end, userCodes)
}

/** End of a quoted text once doubled quotes are single. */
function unquoted(start: usize, end: usize): usize {
  let at = start
  while (at < end && load<u8>(at) != 34) at++
  let to = at
  for (; at < end; at++) {
    const byte = load<u8>(at)
    if (byte == 34) at++
    store<u8>(to++, byte)
  }
  return to
}

function codeOf(dictionary: usize, text: usize, length: u32): i32 {
  const hash = hashOf(text, length)
  const slots = <usize>load<u32>(dictionary, SLOTS)
  const mask = load<u32>(dictionary, MASK)
  let slot = hash & mask
  for (; ; slot = (slot + 1) & mask) {
    const code = load<i32>(slots + (<usize>slot << 3), 4)
    if (code == 0) break
    if (load<u32>(slots + (<usize>slot << 3)) == hash && isText(dictionary, code - 1, text, length)) return code - 1
  }
  return insert(dictionary, slot, hash, text, length)
}

/** Eight bytes at a time; what stands after the text is masked out. */
// @ts-ignore: decorator
@inline
function hashOf(text: usize, length: u32): u32 {
  let hash: u64 = <u64>length * 0x9e3779b97f4a7c15
  let left = length
  for (; left >= 8; left -= 8, text += 8) hash = mix(hash ^ load<u64>(text))
  if (left != 0) hash = mix(hash ^ (load<u64>(text) & (((<u64>1) << (<u64>left << 3)) - 1)))
  return <u32>(hash >> 32)
}

// @ts-ignore: decorator
@inline
function mix(hash: u64): u64 {
  const product = hash * 0xd6e8feb86659fd93
  return product ^ (product >> 32)
}

// @ts-ignore: decorator
@inline
function isText(dictionary: usize, code: i32, text: usize, length: u32): bool {
  const ends = <usize>load<u32>(dictionary, ENDS) + (<usize>code << 2)
  const start = load<u32>(ends)
  if (load<u32>(ends, 4) - start != length) return false
  let known = <usize>load<u32>(dictionary, POOL) + start
  let left = length
  for (; left >= 8; left -= 8, text += 8, known += 8) if (load<u64>(text) != load<u64>(known)) return false
  return left == 0 || ((load<u64>(text) ^ load<u64>(known)) << (64 - (<u64>left << 3))) == 0
}

function insert(dictionary: usize, slot: u32, hash: u32, text: usize, length: u32): i32 {
  const count = load<u32>(dictionary, COUNT)
  const used = load<u32>(<usize>load<u32>(dictionary, ENDS) + (<usize>count << 2))
  if (!roomFor(dictionary, count, used, length)) return FULL
  memory.copy(<usize>load<u32>(dictionary, POOL) + used, text, length)
  store<u32>(<usize>load<u32>(dictionary, ENDS) + ((<usize>count + 1) << 2), used + length)
  store<u32>(dictionary, count + 1, COUNT)
  const at = <usize>load<u32>(dictionary, SLOTS) + (<usize>slot << 3)
  store<u32>(at, hash)
  store<u32>(at, count + 1, 4)
  if (count << 1 > load<u32>(dictionary, MASK) && !moreSlots(dictionary)) return FULL
  return <i32>count
}

/** Texts are compared eight bytes at a time: the pool is always that much longer. */
function roomFor(dictionary: usize, count: u32, used: u32, length: u32): bool {
  const poolRoom = load<u32>(dictionary, POOL_ROOM)
  if (<u64>used + length + 8 > poolRoom) {
    if (<u64>used + length > 0x30000000) return false
    const room = 2 * (used + length) + 4096
    const pool = allocate(room)
    if (!pool) return false
    memory.copy(pool, load<u32>(dictionary, POOL), used)
    store<u32>(dictionary, <u32>pool, POOL)
    store<u32>(dictionary, room, POOL_ROOM)
  }
  const endsRoom = load<u32>(dictionary, ENDS_ROOM)
  if (count + 2 > endsRoom) {
    const ends = allocate(<usize>endsRoom << 3)
    if (!ends) return false
    memory.copy(ends, load<u32>(dictionary, ENDS), <usize>endsRoom << 2)
    store<u32>(dictionary, <u32>ends, ENDS)
    store<u32>(dictionary, endsRoom << 1, ENDS_ROOM)
  }
  return true
}

function moreSlots(dictionary: usize): bool {
  const old = <usize>load<u32>(dictionary, SLOTS)
  const oldMask = load<u32>(dictionary, MASK)
  const mask = 4 * oldMask + 3
  const bytes = (<usize>mask + 1) << 3
  const slots = allocate(bytes)
  if (!slots) return false
  memory.fill(slots, 0, bytes)
  for (let i: u32 = 0; i <= oldMask; i++) {
    const entry = load<u64>(old + (<usize>i << 3))
    if (entry >> 32 == 0) continue
    let slot = <u32>entry & mask
    while (load<u32>(slots + (<usize>slot << 3), 4) != 0) slot = (slot + 1) & mask
    store<u64>(slots + (<usize>slot << 3), entry)
  }
  store<u32>(dictionary, <u32>slots, SLOTS)
  store<u32>(dictionary, mask, MASK)
  return true
}
