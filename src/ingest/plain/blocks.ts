/**
 * What a thread does with the blocks of a plain CSV file: reads one, counts its rows and says so, and puts its columns where the rows of the
 * blocks before end. Blocks are handed out in order and counted at once, so nobody waits long for those before. What is not plain
 * (`csvKernel.as.ts`), or not of its column's kind, ends the work of all.
 */
import { isUtf8 } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'
import { arenaBytes, kernelArena } from '../../numerics/kernelArena.js'
import { instantiateKernel } from '../../numerics/kernel.js'
import type { ChunkWork } from '../../parallel/crew.js'
import { numberIn } from '../cellKinds.js'
import { wasmBase64 } from './csvKernel.wasm.js'
import { logEnd, nextBlock, Outcome, outcome, type PlainPlan } from './plan.js'

interface Exports {
  readonly memory: WebAssembly.Memory
  heapStart(): number
  setTop(at: number): void
  setFives(table: number): void
  setCodes(at: number, count: number): void
  findCells(from: number, to: number, delimiter: number, columns: number, out: number): number
  numbers(column: number, rows: number, decimal: number, userCodes: number, values: number, missing: number, doubts: number): number
  bools(column: number, rows: number, out: number, missing: number): number
  texts(dictionary: number, column: number, rows: number, userCodes: number, out: number, missing: number): number
  addTexts(dictionary: number, text: number, lengths: number, count: number, out: number): number
  absentCells(): number
  newDictionary(): number
  textCount(dictionary: number): number
  textPool(dictionary: number): number
  textStarts(dictionary: number): number
}

/** A thread's kernel and the regions of its memory, by address. */
export interface BlockKernel {
  readonly exports: Exports
  readonly text: number
  readonly textRoom: number
  readonly positions: number
  readonly values: number
  readonly missing: number
  readonly doubts: number
  bytes(at: number, length: number): Uint8Array
  int32(at: number, length: number): Int32Array
  float64(at: number, length: number): Float64Array
}

/** Read beyond a block at first, for its last line. */
const overhang = 4096
/** The kernel looks at 64 bytes at a time, and 24 back. */
const margin = 128
const [feed, carriage] = [0x0a, 0x0d]

/** A kernel with memory for the blocks of a plan. Dictionaries grow above. */
export function blockKernel({ blockBytes, columns, codes, codesInNumbers, fives }: PlainPlan): BlockKernel {
  const textRoom = 2 * blockBytes
  const rows = Math.ceil(textRoom / columns) + 1
  const texts = [...codes, ...codesInNumbers].map((code) => Buffer.from(code))
  const codeBytes = Buffer.concat(texts)
  const exports = instantiateKernel<Exports>(wasmBase64)
  const sizes = arenaBytes(textRoom + 2 * margin, 1) + arenaBytes(textRoom + 8, 4) + arenaBytes(rows, 8) + arenaBytes(rows, 1) + arenaBytes(rows, 4)
    + arenaBytes(fives.length, 8) + arenaBytes(2 * texts.length, 4) + arenaBytes(codeBytes.length, 1)
  const arena = kernelArena(exports.memory, exports.heapStart(), sizes)
  const text = arena.uint8(textRoom + 2 * margin).byteOffset + margin
  const [positions, values, missing, doubts] = [arena.int32(textRoom + 8), arena.float64(rows), arena.uint8(rows), arena.int32(rows)].map((view) => view.byteOffset) as [number, number, number, number]
  const table = arena.float64(fives.length)
  new BigUint64Array(table.buffer, table.byteOffset, fives.length).set(fives)
  const places = arena.int32(2 * texts.length)
  const codeText = arena.uint8(codeBytes.length)
  codeText.set(codeBytes)
  let at = codeText.byteOffset
  for (const [index, { length }] of texts.entries()) {
    places.set([at, length], 2 * index)
    at += length
  }
  exports.setFives(table.byteOffset)
  exports.setCodes(places.byteOffset, texts.length)
  exports.setTop(at)
  const { memory } = exports
  return {
    exports, text, textRoom, positions, values, missing, doubts,
    bytes: (from, length) => new Uint8Array(memory.buffer, from, length),
    int32: (from, length) => new Int32Array(memory.buffer, from, length),
    float64: (from, length) => new Float64Array(memory.buffer, from, length),
  }
}

/** A thread that reads blocks until none is left. */
export interface BlockReader {
  readonly work: ChunkWork
  readonly kernel: BlockKernel
  /** Dictionaries by wanted column; 0 where it is none of text. */
  readonly dictionaries: readonly number[]
}

/** For `startCrew`: every chunk is the same, to help until all blocks are read. */
export function readBlocks(plan: PlainPlan, thread: number): ChunkWork {
  return blockReader(plan, thread).work
}

export function blockReader(plan: PlainPlan, thread: number): BlockReader {
  const { columnsOut: out, blocks, wanted } = plan
  const kernel = blockKernel(plan)
  const dictionaries = wanted.map(({ kind }) => (kind === 'text' ? kernel.exports.newDictionary() : 0))
  const offsetOf = rowsBefore(out.rowsOf, out.control)
  const logged = wanted.map(() => 0)
  const work = (): void => {
    let file: number | undefined
    try {
      for (;;) {
        const block = Atomics.load(out.control, outcome) === Outcome.fine ? Atomics.add(out.control, nextBlock, 1) : blocks
        if (block >= blocks) return
        file ??= openSync(plan.path, 'r')
        const result = readBlock(plan, kernel, { file, block, thread, dictionaries, offsetOf, logged })
        if (result !== Outcome.fine) Atomics.compareExchange(out.control, outcome, Outcome.fine, result)
      }
    } catch (error) {
      Atomics.store(out.control, outcome, Outcome.notPlain)
      throw error
    } finally {
      if (file !== undefined) closeSync(file)
    }
  }
  return { work, kernel, dictionaries }
}

interface Turn {
  readonly file: number
  readonly block: number
  readonly thread: number
  readonly dictionaries: readonly number[]
  /** Texts of each column this thread has logged. */
  readonly logged: number[]
  offsetOf(block: number): number | undefined
}

function readBlock(plan: PlainPlan, kernel: BlockKernel, turn: Turn): number {
  const { columnsOut: out, columns, delimiter, wanted } = plan
  const { exports } = kernel
  const lines = linesOf(plan, kernel, turn.file, turn.block)
  if (lines === undefined || !isUtf8(kernel.bytes(lines.from, lines.to - lines.from))) return Outcome.notPlain
  const rows = lines.to === lines.from ? 0 : exports.findCells(lines.from, lines.to, delimiter.charCodeAt(0), columns, kernel.positions)
  if (rows < 0) return Outcome.notPlain
  out.threadOf[turn.block] = turn.thread
  Atomics.store(out.rowsOf, turn.block, rows)
  Atomics.notify(out.rowsOf, turn.block)
  let offset: number | undefined
  let texts = 0
  for (const [index, { kind }] of wanted.entries()) {
    kernel.bytes(kernel.missing, rows).fill(0)
    if (!readColumn(plan, kernel, index, rows, turn.dictionaries[index]!)) return Outcome.notPlain
    offset ??= turn.offsetOf(turn.block)
    if (offset === undefined) return Outcome.fine
    if (offset + rows > out.capacity) return Outcome.noRoom
    const values = kind === 'text' ? kernel.int32(kernel.values, rows) : kind === 'bool' ? kernel.bytes(kernel.values, rows) : kernel.float64(kernel.values, rows)
    out.values[index]!.set(values, offset)
    const absent = exports.absentCells()
    if (absent > 0) {
      Atomics.add(out.missingCounts, index, absent)
      out.missing[index]!.set(kernel.bytes(kernel.missing, rows), offset)
    }
    if (kind === 'text' && !logTexts(plan, kernel, turn, index, texts++)) return Outcome.notPlain
  }
  return Outcome.fine
}

/** The lines that begin in a block, in kernel memory, each with its end; nothing where one is longer than a block. */
function linesOf({ start, size, blockBytes, columns }: PlainPlan, { text, textRoom, bytes }: BlockKernel, file: number, block: number): { from: number; to: number } | undefined {
  const first = start + block * blockBytes
  const before = block === 0 ? 0 : 1
  const whole = Math.min(blockBytes, size - first) + before
  const memory = bytes(text, textRoom + 1)
  let length = 0
  let lineEnd = -1
  for (let wanted = whole + overhang; lineEnd < 0; wanted = textRoom) {
    wanted = Math.min(wanted, textRoom, size - first + before)
    while (length < wanted) {
      const got = readSync(file, memory, length, wanted - length, first - before + length)
      if (got === 0) return undefined
      length += got
    }
    lineEnd = memory.subarray(0, length).indexOf(feed, whole - 1)
    if (lineEnd < 0 && first - before + length === size) memory[lineEnd = length] = feed
    if (lineEnd < 0 && length === textRoom) return undefined
  }
  const from = before === 0 ? 0 : memory.indexOf(feed) + 1
  let to = lineEnd + 1
  if (first - before + to >= size && columns > 1) to = withoutBlankEnd(memory, from, to)
  return { from: text + Math.min(from, to), to: text + to }
}

/** Blank lines at the end of a file are no rows. */
function withoutBlankEnd(memory: Uint8Array, from: number, to: number): number {
  for (;;) {
    const line = to - (memory[to - 2] === carriage ? 2 : 1)
    if (to <= from || (line > from && memory[line - 1] !== feed)) return Math.max(to, from)
    to = line
  }
}

function readColumn({ wanted, codes, columns }: PlainPlan, kernel: BlockKernel, index: number, rows: number, dictionary: number): boolean {
  const { exports, values, missing, doubts } = kernel
  const { column, kind } = wanted[index]!
  if (kind === 'text') return dictionary !== 0 && exports.texts(dictionary, column, rows, codes.length, values, missing) !== 0
  if (kind === 'bool') return exports.bools(column, rows, values, missing) !== 0
  const decimal = kind === 'number' ? '.' : ','
  const count = exports.numbers(column, rows, decimal.charCodeAt(0), codes.length, values, missing, doubts)
  if (count === 0) return true
  const numbers = kernel.float64(values, rows)
  for (const row of kernel.int32(doubts, count)) {
    const number = numberIn(cellText(kernel, columns, column, row), kind)
    if (number === undefined) return false
    numbers[row] = number
  }
  return true
}

/** Without quotes and spaces. */
function cellText({ int32, bytes, positions }: BlockKernel, columns: number, column: number, row: number): string {
  const [before, end] = int32(positions + 4 * (row * columns + column), 2) as unknown as [number, number]
  const text = Buffer.from(bytes(before + 1, end - before - 1)).toString('utf8').replace(/\r$/, '')
  return text.replace(/^"(.*)"$/, '$1').replace(/^ +| +$/g, '')
}

/** Rows before a block, once all before it are counted; nothing when the work has ended. */
function rowsBefore(rowsOf: Int32Array, control: Int32Array): (block: number) => number | undefined {
  let [known, sum] = [0, 0]
  return (block) => {
    for (; known < block; known++) {
      let rows = Atomics.load(rowsOf, known)
      while (rows < 0) {
        if (Atomics.load(control, outcome) !== Outcome.fine) return undefined
        Atomics.wait(rowsOf, known, -1, 20)
        rows = Atomics.load(rowsOf, known)
      }
      sum += rows
    }
    return sum
  }
}

/** Puts the texts a block brought into the log; false where it is full. */
function logTexts({ columnsOut: { log, control }, wanted }: PlainPlan, kernel: BlockKernel, { block, dictionaries, logged }: Turn, index: number, position: number): boolean {
  if (log === undefined) return true
  const { exports } = kernel
  const [dictionary, from] = [dictionaries[index]!, logged[index]!]
  const to = exports.textCount(dictionary)
  logged[index] = to
  const starts = kernel.int32(exports.textStarts(dictionary), to + 1)
  const length = 4 * (to - from) + starts[to]! - starts[from]!
  const units = Math.ceil(length / 8)
  const place = Atomics.add(control, logEnd, units)
  if (8 * (place + units) > log.bytes.length) return false
  const lengths = new Int32Array(log.bytes.buffer, 8 * place, to - from)
  for (let text = from; text < to; text++) lengths[text - from] = starts[text + 1]! - starts[text]!
  log.bytes.set(kernel.bytes(exports.textPool(dictionary) + starts[from]!, starts[to]! - starts[from]!), 8 * place + 4 * (to - from))
  const textColumns = wanted.filter(({ kind }) => kind === 'text').length
  log.places[block * textColumns + position] = place
  log.counts[block * textColumns + position] = to - from
  return true
}
