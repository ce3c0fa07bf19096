/**
 * A plain UTF-8 CSV file as a table, without the engine: each byte is looked at once, by `csvKernel.as.ts`, on several threads where the file is
 * large. Plain means: every line has the header's cells, quotes open and close on their line, one kind of line end, no line longer than a
 * block, columns of the kinds a sample of lines proposes. Anything else gives nothing, and the engine reads the file by the rules that
 * `cellKinds.ts` states; both give the same table.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Bool, Dictionary, Field, Float64, Int32, makeData, RecordBatch, Schema, Struct, Table, type Data, type Utf8, type Vector } from 'apache-arrow'
import type { ArrowTable } from '../../engine/index.js'
import { kernelsSupported } from '../../numerics/kernel.js'
import { builtModule } from '../../parallel/builtModule.js'
import { startCrew } from '../../parallel/crew.js'
import { kindOf, type CellRules } from '../cellKinds.js'
import { splitRecord, type CsvHeader } from '../csvHeader.js'
import { blockReader, type BlockReader } from './blocks.js'
import { mergedTexts, textVector } from './dictionaries.js'
import { columnsOut, outcome, Outcome, powersOfFive, type PlainPlan, type WantedColumn } from './plan.js'

export interface PlainOptions {
  readonly header: CsvHeader
  /** Positions of the columns wanted. */
  readonly columns: readonly number[]
  readonly rules: CellRules
  readonly threads?: number
  /** Bytes of a block. */
  readonly blockBytes?: number
  /** Bytes from which helpers are worth their start. */
  readonly threadsFrom?: number
}

const defaultBlock = 1 << 18
/** Starting a thread takes as long as reading so much. */
const defaultThreadsFrom = 24 << 20
const mostThreads = 8
/** Read at the beginning, in the middle and at the end for a proposal of kinds. */
const sampleBytes = [1 << 16, 1 << 14, 1 << 14] as const
/** More rows are expected than lines of the sample's length. */
const spareRows = 1.25

/** The wanted columns in the file's order of rows, or nothing where the file is not plain. Reads with the calling thread and its helpers. */
export function plainTable(path: string, options: PlainOptions): ArrowTable | undefined {
  const { header, threads = availableParallelism(), threadsFrom = defaultThreadsFrom } = options
  if (!kernelsSupported || header.end === undefined) return undefined
  const sample = sampleOf(path, header)
  if (sample === undefined) return undefined
  const crew = sample.size - header.end < threadsFrom ? 1 : Math.min(threads, mostThreads)
  for (let capacity = Math.ceil((spareRows * (sample.size - header.end)) / sample.lineBytes) + 64; ; capacity *= 2) {
    const plan = planOf(path, options, sample, capacity, crew > 1)
    const reader = read(plan, crew)
    const result = plan.columnsOut.control[outcome]
    if (reader !== undefined && result === Outcome.fine) return tableOf(plan, options, reader)
    if (result !== Outcome.noRoom) return undefined
  }
}

interface Sample {
  readonly size: number
  /** Mean of its lines. */
  readonly lineBytes: number
  /** Cells by line. */
  readonly rows: readonly (readonly string[])[]
}

/** Whole lines from three places; nothing where there are none. */
function sampleOf(path: string, { end, delimiter, names }: CsvHeader): Sample | undefined {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const lines: string[] = []
    let bytes = 0
    for (const [index, length] of sampleBytes.entries()) {
      const from = Math.max(end!, Math.floor(index * (size - length) / 2))
      if (index > 0 && from <= end! + sampleBytes[0]) continue
      const buffer = Buffer.alloc(Math.min(length, size - from))
      const text = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, from))
      const first = index === 0 ? 0 : text.indexOf(0x0a) + 1
      const last = from + text.length === size ? text.length : text.lastIndexOf(0x0a) + 1
      bytes += Math.max(0, last - first)
      lines.push(...text.toString('utf8', first, last).split(/\r?\n/).filter((line) => line !== ''))
    }
    const rows = lines.map((line) => splitRecord(line, delimiter)).filter((cells) => cells.length === names.length)
    return rows.length === 0 ? undefined : { size, lineBytes: bytes / lines.length, rows }
  } finally {
    closeSync(file)
  }
}

function planOf(path: string, { header, columns, rules, blockBytes = defaultBlock }: PlainOptions, sample: Sample, capacity: number, shared: boolean): PlainPlan {
  const start = header.end!
  const wanted = columns.map((column): WantedColumn => ({ column, kind: kindOf(sample.rows.map((cells) => cells[column]!), rules) ?? 'number' }))
  const blocks = Math.ceil((sample.size - start) / blockBytes)
  return {
    path, delimiter: header.delimiter, columns: header.names.length, wanted, codes: rules.missing, codesInNumbers: rules.missingInNumbers,
    start, size: sample.size, blockBytes, blocks, fives: powersOfFive(),
    columnsOut: columnsOut(capacity, wanted, blocks, sample.size + (1 << 16), shared),
  }
}

/** Fills the plan's columns; nothing where a thread failed (no memory, no more threads): the engine then reads the file, slower and to the same table. */
function read(plan: PlainPlan, threads: number): BlockReader | undefined {
  const work = { module: builtModule('./blocks.js', import.meta.url), name: 'readBlocks', settings: plan, chunks: threads }
  const reader = blockReader(plan, 0)
  const crew = startCrew(work, reader.work, threads)
  try {
    crew.run()
    return reader
  } catch {
    return undefined
  } finally {
    crew.close()
  }
}

function tableOf(plan: PlainPlan, { header }: PlainOptions, { kernel, dictionaries }: BlockReader): ArrowTable | undefined {
  const { columnsOut: { rowsOf, log }, wanted } = plan
  const rows = rowsOf.reduce((sum, count) => sum + count, 0)
  if (rows === 0) return undefined
  const texts = log === undefined ? dictionaries.flatMap((dictionary) => (dictionary === 0 ? [] : [textVector(kernel, dictionary)])) : mergedTexts(plan, log)
  if (texts === undefined) return undefined
  const children = wanted.map(({ kind }, index) => column(plan, index, rows, kind === 'text' ? texts.shift()! : undefined))
  const schema = new Schema(wanted.map((one, index) => new Field(header.names[one.column]!, children[index]!.type, true)))
  return new Table(schema, [new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children }))])
}

function column({ columnsOut: { values, missing, missingCounts }, wanted }: PlainPlan, index: number, length: number, dictionary?: Vector<Utf8>): Data {
  const nullCount = missingCounts[index]!
  const nullBitmap = nullCount === 0 ? undefined : packed(missing[index]!, length, 0)
  const data = values[index]!.subarray(0, length)
  const common = { length, nullCount, ...(nullBitmap && { nullBitmap }) }
  if (dictionary !== undefined) return makeData({ type: new Dictionary(dictionary.type, new Int32(), index), data: data as Int32Array, dictionary, ...common })
  if (wanted[index]!.kind === 'bool') return makeData({ type: new Bool(), data: packed(data as Uint8Array, length, 1), ...common })
  return makeData({ type: new Float64(), data: data as Float64Array, ...common })
}

/** A bit a row, set where the byte is `wanted`. */
function packed(bytes: Uint8Array, length: number, wanted: number): Uint8Array {
  const bits = new Uint8Array((length + 7) >> 3)
  for (let row = 0; row < length; row++) if (bytes[row] === wanted) bits[row >> 3]! |= 1 << (row & 7)
  return bits
}
