/** Hashes: of files, of texts, and of JSON values whatever the order of their keys. SHA-256 in hexadecimal. */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { HashedFile, Json } from './records.js'

/** Hash of a text. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Hash of a JSON value; equal values have equal hashes. */
export function hashJson(value: Json): string {
  return hashText(canonicalJson(value))
}

/** JSON text with keys in order. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}

/** A file with its size and the hash of its bytes, under the given name. */
export async function hashFile(file: string, path: string): Promise<HashedFile> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  return { path, bytes: statSync(file).size, sha256: hash.digest('hex') }
}
