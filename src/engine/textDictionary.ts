/**
 * Text of DuckDB string vectors to integer codes, without making strings. A DuckDB string is 16 bytes: a length, then either
 * up to 12 bytes in place, padded with zeros, or a prefix and a pointer. Short texts are therefore compared as four words;
 * long ones by their bytes, which lie one text after another and are fetched a run at a time. Open-addressing tables hold the
 * codes; they count up in order of first appearance.
 */
import bindings, { type Vector as DuckDbVector } from '@duckdb/node-bindings'
import { makeData, makeVector, Utf8, type Vector } from 'apache-arrow'
import { isPresent } from './validity.js'

const inlined = 12

export interface TextDictionary {
  readonly type: Utf8
  /** Codes of `rows` texts into `codes`; missing rows get 0. */
  encode(vector: DuckDbVector, rows: number, valid: Uint8Array | null, codes: Int32Array): void
  /** The texts so far, by code. */
  vector(): Vector<Utf8>
}

/** An empty dictionary. */
export function textDictionary(): TextDictionary {
  const type = new Utf8()
  const texts = textPool()
  const shortCodes = codeTable()
  const longCodes = codeTable()

  /** A long text is found by its length, hash and ends; texts that share all these differ in the fourth word. */
  function longCode(bytes: Uint8Array, start: number, length: number): number {
    const hash = hashBytes(bytes, start, length)
    for (let twin = 0; ; twin++) {
      const code = longCodes.lookUp(length, hash, bytes[start + length - 1]!, twin)
      if (code < 0) return longCodes.insert(length, hash, bytes[start + length - 1]!, twin, texts.add(bytes, start, length))
      if (texts.equals(code, bytes, start, length)) return code
    }
  }

  return {
    type,
    encode(vector, rows, valid, codes) {
      const bytes = bindings.vector_get_data(vector, rows * 16)
      const words = new Int32Array(bytes.buffer, bytes.byteOffset, rows * 4)
      const long = longTexts(bytes, rows, valid)
      for (let row = 0; row < rows; row++) {
        if (!isPresent(valid, row)) continue
        const at = 4 * row
        const [w0, w1, w2, w3] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!]
        const asBefore = row > 0 && w0 === words[at - 4] && w1 === words[at - 3] && w2 === words[at - 2] && w3 === words[at - 1]
        if (asBefore && isPresent(valid, row - 1)) {
          codes[row] = codes[row - 1]!
        } else if (w0 > inlined) {
          codes[row] = longCode(long.bytesOf(row), long.start(), w0)
        } else {
          const code = shortCodes.lookUp(w0, w1, w2, w3)
          codes[row] = code < 0 ? shortCodes.insert(w0, w1, w2, w3, texts.add(bytes, row * 16 + 4, w0)) : code
        }
      }
    },
    vector: () => makeVector(makeData({ type, length: texts.count(), nullCount: 0, ...texts.buffers() })),
  }
}

/** Bytes of the long texts of a vector, rows visited in order. Texts that touch in memory are fetched together. */
function longTexts(bytes: Uint8Array, rows: number, valid: Uint8Array | null) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, rows * 16)
  const pointer = (row: number): number => view.getUint32(row * 16 + 8, true) + view.getUint32(row * 16 + 12, true) * 4294967296
  let [from, to, start] = [0, 0, 0]
  let run: Uint8Array = bytes
  return {
    bytesOf(row: number): Uint8Array {
      const wanted = pointer(row)
      if (wanted < from || wanted + view.getUint32(row * 16, true) > to) {
        from = wanted
        to = wanted + view.getUint32(row * 16, true)
        for (let next = row + 1; next < rows; next++) {
          const length = view.getUint32(next * 16, true)
          if (length <= inlined || !isPresent(valid, next)) continue
          if (pointer(next) !== to) break
          to += length
        }
        run = bindings.get_data_from_pointer(bytes.buffer as ArrayBuffer, bytes.byteOffset + row * 16 + 8, to - from)
      }
      start = wanted - from
      return run
    },
    /** Where the text just asked for begins in its bytes. */
    start: (): number => start,
  }
}

/** Texts one after another, with the offsets Arrow wants. */
function textPool() {
  let pool = new Uint8Array(4096)
  let offsets = new Int32Array(256)
  let count = 0
  return {
    count: (): number => count,
    add(bytes: Uint8Array, start: number, length: number): number {
      if (count + 2 > offsets.length) offsets = larger(offsets, Int32Array)
      const from = offsets[count]!
      while (from + length > pool.length) pool = larger(pool, Uint8Array)
      for (let i = 0; i < length; i++) pool[from + i] = bytes[start + i]!
      offsets[count + 1] = from + length
      return count++
    },
    equals(code: number, bytes: Uint8Array, start: number, length: number): boolean {
      const from = offsets[code]!
      for (let i = 0; i < length; i++) if (pool[from + i] !== bytes[start + i]) return false
      return true
    },
    buffers: () => ({ valueOffsets: offsets.slice(0, count + 1), data: pool.slice(0, offsets[count]!) }),
  }
}

/** Words of a slot: code + 1, then the four words of the key side by side, so that a look-up touches one place in memory. */
const slotWords = 5

/** Four words -> code, by open addressing. */
function codeTable() {
  let table = new Int32Array(1024 * slotWords)
  let mask = 1023
  let count = 0

  /** Where the key is, or the free slot where it belongs. */
  function place(w0: number, w1: number, w2: number, w3: number): number {
    let at = (hashWords(w0, w1, w2, w3) & mask) * slotWords
    while (table[at] !== 0 && (table[at + 1] !== w0 || table[at + 2] !== w1 || table[at + 3] !== w2 || table[at + 4] !== w3)) {
      at = at === mask * slotWords ? 0 : at + slotWords
    }
    return at
  }

  function put(at: number, code: number, w0: number, w1: number, w2: number, w3: number): void {
    table[at] = code + 1
    table[at + 1] = w0
    table[at + 2] = w1
    table[at + 3] = w2
    table[at + 4] = w3
  }

  return {
    /** The code of a key, or −1. */
    lookUp: (w0: number, w1: number, w2: number, w3: number): number => table[place(w0, w1, w2, w3)]! - 1,
    insert(w0: number, w1: number, w2: number, w3: number, code: number): number {
      if (2 * ++count > mask) {
        const old = table
        mask = 2 * mask + 1
        table = new Int32Array((mask + 1) * slotWords)
        for (let from = 0; from < old.length; from += slotWords) {
          const [known, k0, k1, k2, k3] = [old[from]!, old[from + 1]!, old[from + 2]!, old[from + 3]!, old[from + 4]!]
          if (known !== 0) put(place(k0, k1, k2, k3), known - 1, k0, k1, k2, k3)
        }
      }
      put(place(w0, w1, w2, w3), code, w0, w1, w2, w3)
      return code
    },
  }
}

function hashWords(w0: number, w1: number, w2: number, w3: number): number {
  return mix(mix(mix(w0, w1), w2), w3)
}

/** One step of murmur3, which spreads words that differ in their last digits. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  const mixed = hash ^ k
  const turned = (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
  return turned ^ (turned >>> 15)
}

/** FNV-1a. */
function hashBytes(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0x811c9dc5 | 0
  for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash
}

function larger<A extends Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(array: A, kind: new (length: number) => A): A {
  const copy = new kind(2 * array.length)
  copy.set(array)
  return copy
}
