/** What the threads that read a plain CSV file share: where its blocks are, and where their columns go. */
import type { CellKind } from '../cellKinds.js'

export interface PlainPlan {
  readonly path: string
  readonly delimiter: string
  /** Cells of a line. */
  readonly columns: number
  readonly wanted: readonly WantedColumn[]
  /** Texts for missing: in every column, and besides in numbers and booleans. */
  readonly codes: readonly string[]
  readonly codesInNumbers: readonly string[]
  /** Bytes of the file with rows, cut into `blocks` of `blockBytes`; a line belongs to the block where it begins. */
  readonly start: number
  readonly size: number
  readonly blockBytes: number
  readonly blocks: number
  /** High and low 64 bits of powers of five, from `powersOfFive`. */
  readonly fives: BigUint64Array
  readonly columnsOut: ColumnsOut
}

export interface WantedColumn {
  readonly column: number
  readonly kind: CellKind
}

/** Memory for the table; shared where several threads fill it. */
export interface ColumnsOut {
  /** Rows there is room for. */
  readonly capacity: number
  /** `Outcome`, the next block to read, and the end of the log. */
  readonly control: Int32Array
  /** Rows of a block; −1 before they are counted. */
  readonly rowsOf: Int32Array
  /** Who read a block. */
  readonly threadOf: Int32Array
  /** Missing cells by column. */
  readonly missingCounts: Int32Array
  /** Numbers, codes of texts, or 1 for true. */
  readonly values: readonly (Float64Array | Int32Array | Uint8Array)[]
  /** 1 for a missing cell. */
  readonly missing: readonly Uint8Array[]
  /** Texts new to a thread, by block and text column: their lengths, then their bytes. Only of several threads. */
  readonly log?: TextLog
}

export interface TextLog {
  readonly bytes: Uint8Array
  /** In units of eight bytes. */
  readonly places: Int32Array
  readonly counts: Int32Array
}

/** Positions in `control`. */
export const [outcome, nextBlock, logEnd] = [0, 1, 2] as const

export const Outcome = { fine: 0, notPlain: 1, noRoom: 2 } as const

/** Memory for `capacity` rows; pages that are never written take no room. */
export function columnsOut(capacity: number, wanted: readonly WantedColumn[], blocks: number, logBytes: number, shared: boolean): ColumnsOut {
  const room = (bytes: number): ArrayBufferLike => (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes))
  const int32 = (length: number): Int32Array => new Int32Array(room(4 * length))
  const values = ({ kind }: WantedColumn) =>
    kind === 'text' ? int32(capacity) : kind === 'bool' ? new Uint8Array(room(capacity)) : new Float64Array(room(8 * capacity))
  const textColumns = wanted.filter(({ kind }) => kind === 'text').length
  return {
    capacity, control: int32(3), rowsOf: int32(blocks).fill(-1), threadOf: int32(blocks), missingCounts: int32(wanted.length),
    values: wanted.map(values), missing: wanted.map(() => new Uint8Array(room(capacity))),
    ...(shared && { log: { bytes: new Uint8Array(room(logBytes)), places: int32(blocks * textColumns), counts: int32(blocks * textColumns) } }),
  }
}

const [smallest, largest] = [-342, 308]
let fives: BigUint64Array | undefined

/**
 * 5^q for q from −342 to 308 as 128 bits whose first is set: cut off where q ≥ 0, and rounded up below (Lemire 2021). In shared memory.
 */
export function powersOfFive(): BigUint64Array {
  if (fives !== undefined) return fives
  const table = new BigUint64Array(new SharedArrayBuffer(16 * (largest - smallest + 1)))
  const put = (q: number, bits: bigint): void => {
    const excess = BigInt(bits.toString(2).length - 128)
    const significand = excess > 0n ? bits >> excess : bits << -excess
    table[2 * (q - smallest)] = significand >> 64n
    table[2 * (q - smallest) + 1] = significand & 0xffffffffffffffffn
  }
  let power = 1n
  for (let q = 0; q <= -smallest; q++, power *= 5n) {
    if (q <= largest) put(q, power)
    // As in the published table: b = 2 log₂ + 128 bits but for small powers, whose reciprocals need one rounding up only.
    const length = BigInt(power.toString(2).length)
    if (q > 0) put(-q, (1n << (q <= 27 ? length + 127n : 2n * length + 128n)) / power + 1n)
  }
  return (fives = table)
}
