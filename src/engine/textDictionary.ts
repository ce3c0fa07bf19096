/**
 * Text of DuckDB string vectors to integer codes, without making strings. A DuckDB string is 16 bytes: a length, then either
 * up to 12 bytes in place, padded with zeros, or a prefix and a pointer. Short texts are therefore compared as four words;
 * long ones by their bytes. An open-addressing table holds the codes; they count up in order of first appearance.
 */
import bindings, { type Vector as DuckDbVector } from '@duckdb/node-bindings'
import { makeData, makeVector, Utf8, type Vector } from 'apache-arrow'

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

  /** A long text is found by its length and two hashes; texts that share all three differ in the fourth word. */
  function longCode(bytes: Uint8Array): number {
    const [first, second] = hashesOf(bytes)
    for (let twin = 0; ; twin++) {
      const code = longCodes.lookUp(bytes.length, first, second, twin)
      if (code < 0) return longCodes.insert(bytes.length, first, second, twin, texts.add(bytes, 0, bytes.length))
      if (texts.equals(code, bytes)) return code
    }
  }

  return {
    type,
    encode(vector, rows, valid, codes) {
      const bytes = bindings.vector_get_data(vector, rows * 16)
      const words = new Int32Array(bytes.buffer, bytes.byteOffset, rows * 4)
      let [last0, last1, last2, last3, lastCode] = [0, 0, 0, 0, -1]
      for (let row = 0; row < rows; row++) {
        if (valid !== null && ((valid[row >> 3]! >> (row & 7)) & 1) === 0) {
          codes[row] = 0
          continue
        }
        const w0 = words[4 * row]!
        const w1 = words[4 * row + 1]!
        const w2 = words[4 * row + 2]!
        const w3 = words[4 * row + 3]!
        // The same words are the same text within a chunk, for a pointer too: sorted columns come in runs.
        if (lastCode < 0 || w0 !== last0 || w1 !== last1 || w2 !== last2 || w3 !== last3) {
          if (w0 <= inlined) {
            lastCode = shortCodes.lookUp(w0, w1, w2, w3)
            if (lastCode < 0) lastCode = shortCodes.insert(w0, w1, w2, w3, texts.add(bytes, row * 16 + 4, w0))
          } else {
            lastCode = longCode(bindings.get_data_from_pointer(bytes.buffer as ArrayBuffer, bytes.byteOffset + row * 16 + 8, w0))
          }
          last0 = w0
          last1 = w1
          last2 = w2
          last3 = w3
        }
        codes[row] = lastCode
      }
    },
    vector: () => makeVector(makeData({ type, length: texts.count(), nullCount: 0, ...texts.buffers() })),
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
    equals(code: number, bytes: Uint8Array): boolean {
      const from = offsets[code]!
      for (let i = 0; i < bytes.length; i++) if (pool[from + i] !== bytes[i]) return false
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

/** Two FNV-1a lanes with different offsets. */
function hashesOf(bytes: Uint8Array): readonly [number, number] {
  let first = 0x811c9dc5 | 0
  let second = 0x2f6a1b93
  for (let i = 0; i < bytes.length; i++) {
    first = Math.imul(first ^ bytes[i]!, 0x01000193)
    second = Math.imul(second ^ bytes[i]!, 0x01000193)
    second ^= second >>> 13
  }
  return [first, second]
}

function larger<A extends Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(array: A, kind: new (length: number) => A): A {
  const copy = new kind(2 * array.length)
  copy.set(array)
  return copy
}
