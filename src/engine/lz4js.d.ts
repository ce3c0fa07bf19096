/** The part of lz4js that is used: it ships no types. */
declare module 'lz4js' {
  /** The content of an LZ4 frame. */
  export function decompress(frame: Uint8Array, maximumSize?: number): Uint8Array
}
