/** Rows of a design in blocks, and the passes over them that a kernel offers. */

/** Rows of one block; the last one is filled up with zeros. */
export const blockRows = 256
/** Rows of one chunk of the fixed summation order. */
export const chunkRows = 4096
/** Blocks of one chunk. */
export const chunkBlocks = chunkRows / blockRows

/** n rows × k columns: element (row, column) at `((row / 256 | 0) * k + column) * 256 + row % 256`. */
export interface BlockStore {
  readonly rows: number
  readonly columns: number
  readonly blocks: number
  readonly data: Float64Array
}

/** Passes over one chunk of 4096 rows. What goes in and out by row lies in the kernel's own `index`, `weights` and `values`. */
export interface RowKernel {
  readonly index: Float64Array
  readonly weights: Float64Array
  readonly values: Float64Array
  /** index = Xβ. */
  computeIndex(chunk: number, coefficients: Float64Array): void
  /** Lower triangle of X'diag(weights)X into `sum[0 … k²)`; weights beyond the last row must be zero. */
  cross(chunk: number, sum: Float64Array): void
  /** X'values into `sum[to … to + k)`; values beyond the last row must be zero. */
  crossWith(chunk: number, sum: Float64Array, to: number): void
}
