/** Texts as codes by their bytes, without making strings of them: codes count up in order of first appearance. */

export interface ByteDictionary {
  /** The code of the bytes from `start` to before `end`; a new one where they were not met before. */
  code(bytes: Uint8Array, start: number, end: number): number
  readonly size: number
  /** The bytes of a code. */
  bytes(code: number): Buffer
}

/** An empty dictionary: open addressing over FNV-1a, the texts one after another. */
export function byteDictionary(): ByteDictionary {
  let slots = new Int32Array(1024)
  let hashes = new Int32Array(512)
  let offsets = new Int32Array(513)
  let pool = Buffer.allocUnsafeSlow(8192)
  let size = 0

  function isText(code: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = offsets[code]!
    if (offsets[code + 1]! - from !== end - start) return false
    for (let i = start, at = from; i < end; i++, at++) if (pool[at] !== bytes[i]) return false
    return true
  }

  /** Slots hold code + 1; 0 is free. Twice as many slots as codes. */
  function grow(): void {
    slots = new Int32Array(2 * slots.length)
    const mask = slots.length - 1
    for (let code = 0; code < size; code++) {
      let at = hashes[code]! & mask
      while (slots[at] !== 0) at = (at + 1) & mask
      slots[at] = code + 1
    }
    hashes = larger(hashes, new Int32Array(slots.length / 2))
    offsets = larger(offsets, new Int32Array(slots.length / 2 + 1))
  }

  function add(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const from = offsets[size]!
    const to = from + end - start
    if (to > pool.length) pool = larger(pool, Buffer.allocUnsafeSlow(2 * to))
    for (let i = start, at = from; i < end; i++, at++) pool[at] = bytes[i]!
    hashes[size] = hash
    offsets[size + 1] = to
    return size++
  }

  return {
    code(bytes, start, end) {
      let hash = 0x811c9dc5 | 0
      for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
      hash ^= hash >>> 15
      const mask = slots.length - 1
      for (let at = hash & mask; ; at = (at + 1) & mask) {
        const code = slots[at]! - 1
        if (code >= 0 && (hashes[code] !== hash || !isText(code, bytes, start, end))) continue
        if (code >= 0) return code
        slots[at] = size + 1
        const made = add(hash, bytes, start, end)
        if (2 * size >= slots.length) grow()
        return made
      }
    },
    get size() {
      return size
    },
    bytes: (code) => pool.subarray(offsets[code], offsets[code + 1]),
  }
}

function larger<A extends Int32Array | Buffer>(old: A, room: A): A {
  room.set(old)
  return room
}
