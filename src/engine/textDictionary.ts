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
  let pool = new Uint8Array(4096)
  let offsets = new Int32Array(256)
  let hashes = new Int32Array(256)
  let slots = new Int32Array(1024)
  let count = 0

  function grow(): void {
    if (count + 2 > offsets.length) {
      offsets = doubled(offsets)
      hashes = doubled(hashes)
    }
    if (2 * count < slots.length) return
    slots = new Int32Array(2 * slots.length)
    for (let code = 0; code < count; code++) {
      let slot = hashes[code]! & (slots.length - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = code + 1
    }
  }

  function add(hash: number, bytes: Uint8Array, start: number, length: number, slot: number): number {
    const end = offsets[count]! + length
    while (end > pool.length) {
      const larger = new Uint8Array(2 * pool.length)
      larger.set(pool)
      pool = larger
    }
    for (let i = 0; i < length; i++) pool[end - length + i] = bytes[start + i]!
    hashes[count] = hash
    offsets[count + 1] = end
    slots[slot] = count + 1
    count++
    grow()
    return count - 1
  }

  /** The code of the text `bytes[start, start + length)`. */
  function codeOf(hash: number, bytes: Uint8Array, start: number, length: number): number {
    for (let slot = hash & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      const code = slots[slot]! - 1
      if (code < 0) return add(hash, bytes, start, length, slot)
      const from = offsets[code]!
      if (hashes[code] !== hash || offsets[code + 1]! - from !== length) continue
      let same = 0
      while (same < length && pool[from + same] === bytes[start + same]) same++
      if (same === length) return code
    }
  }

  return {
    type,
    encode(vector, rows, valid, codes) {
      const bytes = bindings.vector_get_data(vector, rows * 16)
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, rows * 4)
      let [last0, last1, last2, last3, lastCode] = [0, 0, 0, 0, -1]
      for (let row = 0; row < rows; row++) {
        if (valid !== null && ((valid[row >> 3]! >> (row & 7)) & 1) === 0) {
          codes[row] = 0
          continue
        }
        const [w0, w1, w2, w3] = [words[4 * row]!, words[4 * row + 1]!, words[4 * row + 2]!, words[4 * row + 3]!]
        // The same words are the same text within a chunk, for a pointer too: sorted columns come in runs.
        if (lastCode < 0 || w0 !== last0 || w1 !== last1 || w2 !== last2 || w3 !== last3) {
          if (w0 <= inlined) lastCode = codeOf(mix(mix(mix(w0, w1), w2), w3), bytes, row * 16 + 4, w0)
          else {
            const long = bindings.get_data_from_pointer(bytes.buffer as ArrayBuffer, bytes.byteOffset + row * 16 + 8, w0)
            lastCode = codeOf(hashBytes(long), long, 0, w0)
          }
          last0 = w0
          last1 = w1
          last2 = w2
          last3 = w3
        }
        codes[row] = lastCode
      }
    },
    vector() {
      const data = makeData({ type, length: count, nullCount: 0, valueOffsets: offsets.slice(0, count + 1), data: pool.slice(0, offsets[count]!) })
      return makeVector(data)
    },
  }
}

/** One step of murmur3, which spreads words that differ in their last digits. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  const mixed = hash ^ k
  const turned = Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64
  return (turned ^ (turned >>> 15)) | 0
}

function hashBytes(bytes: Uint8Array): number {
  let hash = bytes.length
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return mix(hash, bytes.length)
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length)
  larger.set(array)
  return larger
}
