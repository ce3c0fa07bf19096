/**
 * The dictionaries of several threads as one, in order of first appearance in the file: block by block, the texts that its thread met
 * there first. Gives the same as one thread alone.
 */
import { makeData, makeVector, Utf8, type Vector } from 'apache-arrow'
import { blockKernel, type BlockKernel } from './blocks.js'
import type { PlainPlan, TextLog } from './plan.js'

/** The texts of a dictionary of a kernel by code, in memory of their own. */
export function textVector({ exports, int32, bytes }: BlockKernel, dictionary: number): Vector<Utf8> {
  const length = exports.textCount(dictionary)
  const valueOffsets = int32(exports.textStarts(dictionary), length + 1).slice()
  return makeVector(makeData({ type: new Utf8(), length, nullCount: 0, valueOffsets, data: bytes(exports.textPool(dictionary), valueOffsets[length]!).slice() }))
}

/** Dictionaries of the text columns in order, their codes in the table put in their place; nothing where there is no room. */
export function mergedTexts(plan: PlainPlan, log: TextLog): Vector<Utf8>[] | undefined {
  const { columnsOut: { values, missing }, wanted } = plan
  const kernel = blockKernel(plan)
  const vectors: Vector<Utf8>[] = []
  for (const [index, { kind }] of wanted.entries()) {
    if (kind !== 'text') continue
    const dictionary = kernel.exports.newDictionary()
    const codes = dictionary === 0 ? undefined : globalCodes(plan, log, kernel, dictionary, vectors.length)
    if (codes === undefined) return undefined
    recode(plan, values[index] as Int32Array, missing[index]!, codes)
    vectors.push(textVector(kernel, dictionary))
  }
  return vectors
}

/** By thread: its codes -> those of all. */
function globalCodes(plan: PlainPlan, log: TextLog, kernel: BlockKernel, dictionary: number, position: number): readonly Int32Array[] | undefined {
  const { columnsOut: { threadOf }, blocks, wanted } = plan
  const textColumns = wanted.filter(({ kind }) => kind === 'text').length
  const countOf = (block: number): number => log.counts[block * textColumns + position]!
  const sizes = new Int32Array(Math.max(...threadOf) + 1)
  for (let block = 0; block < blocks; block++) sizes[threadOf[block]!]! += countOf(block)
  const codes = Array.from(sizes, (size) => new Int32Array(size))
  const filled = new Int32Array(sizes.length)
  const { exports, text, positions } = kernel
  for (let block = 0; block < blocks; block++) {
    const count = countOf(block)
    if (count === 0) continue
    const place = 8 * log.places[block * textColumns + position]!
    const lengths = new Int32Array(log.bytes.buffer, place, count)
    const bytes = lengths.reduce((sum, length) => sum + length, 0)
    kernel.int32(positions, count).set(lengths)
    kernel.bytes(text, bytes).set(log.bytes.subarray(place + 4 * count, place + 4 * count + bytes))
    if (exports.addTexts(dictionary, text, positions, count, kernel.values) === 0) return undefined
    const thread = threadOf[block]!
    codes[thread]!.set(kernel.int32(kernel.values, count), filled[thread])
    filled[thread]! += count
  }
  return codes
}

function recode({ columnsOut: { threadOf, rowsOf }, blocks }: PlainPlan, values: Int32Array, missing: Uint8Array, codes: readonly Int32Array[]): void {
  const changed = codes.map((map) => map.some((code, local) => code !== local))
  for (let block = 0, row = 0; block < blocks; block++) {
    const end = row + rowsOf[block]!
    const map = codes[threadOf[block]!]!
    if (changed[threadOf[block]!]) for (; row < end; row++) if (missing[row] === 0) values[row] = map[values[row]!]!
    row = end
  }
}
