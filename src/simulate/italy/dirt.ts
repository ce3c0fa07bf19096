/**
 * Dirt as data rooms have it: lines that must not enter the table. Each is a spoilt copy of a good line and stands somewhere
 * after it, so the file without its dirt is the file without these lines, and a reader that refuses exactly them is left with
 * exactly the simulated panel.
 */
import { randomStream, type RandomStream } from '../../numerics/random.js'
import type { DirtKind, PlantedDirt } from '../records.js'
import { accountsColumns, surveyColumns, type RawFile } from './files.js'

/** Stands for a byte that is no character of Windows-1252; the writer puts 0x81 there. */
export const undecodable = '\uFFFF'

interface Spoiling {
  readonly kind: DirtKind
  readonly column: string | null
  readonly spoil: (cells: string[], columns: readonly string[], stream: RandomStream) => string[]
}

function replaceCell(column: string, text: (cell: string, stream: RandomStream) => string): Spoiling['spoil'] {
  return (cells, columns, stream) => cells.map((cell, index) => (columns[index] === column ? text(cell, stream) : cell))
}

const surveySpoilings: readonly Spoiling[] = [
  { kind: 'duplicate-key', column: null, spoil: replaceCell('utile', (cell, stream) => (stream.uniform() < 0.5 ? cell : '0')) },
  { kind: 'unparsable-cell', column: 'quota_export', spoil: replaceCell('quota_export', () => '0..981') },
  { kind: 'unparsable-cell', column: 'ricavi', spoil: replaceCell('ricavi', () => 'n.d.') },
  { kind: 'negative-count', column: 'addetti', spoil: replaceCell('addetti', (cell) => `-${cell}`) },
  { kind: 'unknown-province', column: 'provincia', spoil: replaceCell('provincia', () => 'XX') },
  { kind: 'wrong-column-count', column: null, spoil: (cells, _, { uniform }) => (uniform() < 0.5 ? cells.slice(0, -1) : [...cells, '0']) },
  { kind: 'undecodable-byte', column: 'comune', spoil: replaceCell('comune', (cell) => cell.slice(0, 2) + undecodable + cell.slice(3)) },
]

const accountsSpoilings: readonly Spoiling[] = [
  { kind: 'unparsable-cell', column: 'ricavi', spoil: replaceCell('ricavi', () => '1,2,3') },
  { kind: 'wrong-column-count', column: null, spoil: (cells) => cells.slice(0, -2) },
  { kind: 'unknown-province', column: 'provincia', spoil: replaceCell('provincia', () => 'XX') },
]

export interface Dirtied {
  readonly files: readonly RawFile[]
  readonly dirt: readonly PlantedDirt[]
}

/** Rows of the accounts for one dirty line: like the surveys, well below a hundredth. */
const accountsPerLine = 200

/** The files with `each` lines of every kind of dirt spread over the surveys, and up to one of each in the accounts. */
export function plantDirt(surveys: readonly RawFile[], accounts: RawFile, each: number, seed: number): Dirtied {
  const stream = randomStream(seed, 'survey', 'dirt')
  const planned = surveys.map(() => [] as Spoiling[])
  for (const spoiling of surveySpoilings) {
    for (let copy = 0; copy < each; copy++) planned[stream.integer(surveys.length)]!.push(spoiling)
  }
  const dirtied = surveys.map((file, index) => spoilFile(file, surveyColumns, planned[index]!, stream))
  const inAccounts = accountsSpoilings.slice(0, Math.floor(accounts.lines.length / accountsPerLine))
  dirtied.push(spoilFile(accounts, accountsColumns, inAccounts, stream))
  return { files: dirtied.map(({ file }) => file), dirt: dirtied.flatMap(({ dirt }) => dirt) }
}

interface Spoilt {
  readonly file: RawFile
  readonly dirt: readonly PlantedDirt[]
}

function spoilFile(file: RawFile, columns: readonly string[], spoilings: readonly Spoiling[], stream: RandomStream): Spoilt {
  const good = file.lines.slice(1)
  const copies = spoilings.map((spoiling) => {
    const source = stream.integer(good.length)
    const after = source + stream.integer(good.length - source)
    return { after, text: spoiling.spoil(good[source]!.split(';'), columns, stream).join(';'), ...spoiling }
  })
  copies.sort((a, b) => a.after - b.after)
  const lines = [file.lines[0]!]
  const dirt: PlantedDirt[] = []
  let next = 0
  good.forEach((line, index) => {
    lines.push(line)
    for (; next < copies.length && copies[next]!.after === index; next++) {
      lines.push(copies[next]!.text)
      dirt.push({ file: file.name, line: lines.length, kind: copies[next]!.kind, column: copies[next]!.column })
    }
  })
  return { file: { name: file.name, lines }, dirt }
}
