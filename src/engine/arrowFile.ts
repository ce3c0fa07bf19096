/**
 * Arrow IPC files and streams, with the LZ4 and Zstandard buffers that R and Python write by default. A codec nobody registered
 * is a named error.
 */
import { readFileSync } from 'node:fs'
import { CompressionType, compressionRegistry, DataType, tableFromIPC, type Data } from 'apache-arrow'
import { decompress as decompressZstd } from 'fzstd'
import { decompress as decompressLz4 } from 'lz4js'
import { isReshoreError, ReshoreError } from '../errors.js'
import type { ArrowTable } from './records.js'

compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => aligned(decompressZstd(data)) })
compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (data) => aligned(decompressLz4(data)) })

/** The table in an Arrow IPC file (`.arrow`, `.feather` version 2) or stream (`.arrows`), with the types it was written with. */
export async function readArrowFile(path: string): Promise<ArrowTable> {
  try {
    const table = tableFromIPC(readFileSync(path))
    for (const batch of table.batches) for (const column of batch.data.children) requireSound(column)
    if (table.numCols > 0) return table
    throw new ReshoreError('FileError', `${path} has no columns`, 'Check that it is a complete Arrow IPC file or stream.')
  } catch (error) {
    if (isReshoreError(error)) throw error
    if ((error as Error).message.includes('codec not found')) {
      throw new ReshoreError(
        'CodecError',
        `${path} is compressed with a codec other than LZ4 and Zstandard`,
        'Write it with LZ4, Zstandard or no compression.',
      )
    }
    throw new ReshoreError(
      'FileError',
      `cannot read ${path} as Arrow${error instanceof TypeError || error instanceof RangeError ? ': its bytes are not those of the format' : `: ${(error as Error).message}`}`,
      'Check that it is a complete Arrow IPC file or stream: copy it, or write it again.',
    )
  }
}

/** Codes are those of texts and texts lie within their bytes; a `RangeError` otherwise. Arrow itself would read on beside them. */
function requireSound(data: Data): void {
  const { type, length, values, dictionary } = data
  if (DataType.isDictionary(type)) {
    const codes = values as ArrayLike<number | bigint>
    if (codes.length < length) throw new RangeError('fewer codes than rows')
    for (let row = 0; row < length; row++) {
      if (!(Number(codes[row]) >= 0 && Number(codes[row]) < dictionary!.length) && data.getValid(row)) throw new RangeError('a code without a text')
    }
    for (const chunk of dictionary!.data) {
      requireSound(chunk)
      if (chunk.nullCount > 0) throw new ReshoreError('SeamTypeError', 'a dictionary of texts holds a missing one', 'Write missing cells as missing codes.')
    }
  } else if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) {
    const offsets = data.valueOffsets as ArrayLike<number | bigint>
    if (length > 0 && offsets.length <= length) throw new RangeError('fewer offsets than texts')
    for (let row = 0; row < length; row++) {
      if (!(Number(offsets[row]) >= 0 && Number(offsets[row]) <= Number(offsets[row + 1]))) throw new RangeError('a text of negative length')
    }
    if (length > 0 && !(Number(offsets[length]) <= (values as Uint8Array).length)) throw new RangeError('a text beyond its bytes')
  }
}

/** Typed arrays want to begin at a multiple of eight bytes. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
}
