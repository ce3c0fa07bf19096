/**
 * Arrays inside a WebAssembly kernel's memory. The memory is grown once, for everything a kernel will need, because growing it
 * later would detach every view handed out before.
 */

/** Hands out views; `byteOffset` of each is the pointer the kernel takes. */
export interface KernelArena {
  float64(length: number): Float64Array
  int32(length: number): Int32Array
  uint8(length: number): Uint8Array
}

const pageBytes = 65536
/** Cache lines: every array starts on one. */
const alignment = 64

/** Bytes an array takes in an arena. */
export function arenaBytes(length: number, bytesPerElement: number): number {
  return align(length * bytesPerElement)
}

/** Room for `bytes` above `heapStart` (the kernel's own data end there). */
export function kernelArena(memory: WebAssembly.Memory, heapStart: number, bytes: number): KernelArena {
  let next = align(heapStart)
  const missing = next + bytes - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes))
  const { buffer } = memory
  const take = (length: number, bytesPerElement: number): number => {
    const offset = next
    next += arenaBytes(length, bytesPerElement)
    return offset
  }
  return {
    float64: (length) => new Float64Array(buffer, take(length, 8), length),
    int32: (length) => new Int32Array(buffer, take(length, 4), length),
    uint8: (length) => new Uint8Array(buffer, take(length, 1), length),
  }
}

function align(offset: number): number {
  return Math.ceil(offset / alignment) * alignment
}
