/**
 * Arrow IPC files and streams, with the LZ4 and Zstandard buffers that R and Python write by default. A codec nobody registered
 * is a named error.
 */
import { readFileSync } from 'node:fs'
import { CompressionType, compressionRegistry, tableFromIPC } from 'apache-arrow'
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

/** Typed arrays want to begin at a multiple of eight bytes. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
}
