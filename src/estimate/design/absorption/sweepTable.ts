/**
 * The compact table an absorption sweeps over, and the passes a kernel offers. Rows are sorted by the eliminated block. With D the blocks
 * that remain, W the weights and M what the eliminated block leaves of a column, S = D'WM D is never formed.
 */

/** One set of coefficients to absorb: a level indicator, or its product with a slope variable. */
export interface Block {
  /** The effect it comes from, for messages. */
  readonly name: string
  readonly levels: number
  readonly codes: Int32Array
  /** Rows of each level that are in the table. */
  readonly sizes: Int32Array
  /** Slope variable; absent for the levels themselves. */
  readonly values?: Float64Array
}

/** Where arrays of a table are made. */
export interface TableRoom {
  int32(length: number): Int32Array
  float64(length: number): Float64Array
}

/** The same for every column; memory that threads may share. */
export interface SweepTable {
  readonly rows: number
  /** Levels of the eliminated block, and of the remaining ones together. */
  readonly groups: number
  readonly levels: number
  /** Blocks that remain. */
  readonly blocks: number
  /** Row of the sample -> position in the table; −1 for rows that are fitted exactly, which are not in it. */
  readonly position: Int32Array
  /** Rows of group g are [starts[g], starts[g+1]). */
  readonly starts: Int32Array
  /** rows × blocks: where the row's level stands among all remaining levels. */
  readonly codes: Int32Array
  /** rows × blocks slope variables, absent where all blocks are plain levels. */
  readonly values?: Float64Array
  /** Slope variable of the eliminated block. */
  readonly own?: Float64Array
  readonly weights?: Float64Array
  /** 1/Σ w own² of every group; 0 where that is nothing. */
  readonly inverse: Float64Array
  /** Jacobi's preconditioner: 1/Σ w value² of every remaining level (the diagonal before elimination does as well); 0 where that is nothing. */
  readonly diagonal: Float64Array
}

/** Passes over a table for some columns at once. What concerns a column stands at its lane. */
export interface SweepKernel {
  /** Columns at once. */
  readonly lanes: number
  /** rows × lanes, in table order. */
  readonly columns: Float64Array
  /** levels × (lanes coefficients p, lanes products q). */
  readonly pairs: Float64Array
  /** levels × lanes. */
  readonly solution: Float64Array
  readonly residual: Float64Array
  /** By lane; `sweep`, `project` and `move` add to `sums`. */
  readonly sums: Float64Array
  readonly step: Float64Array
  readonly factor: Float64Array
  /** q += Sp; sums += p'Sp. */
  sweep(): void
  /** columns ← columns − factor (columns − M columns); q += D'W columns; sums += columns'W columns. */
  project(): void
  /** columns ← M(columns − Dp). */
  finish(): void
  /** residual −= step q; sums += Σ residual² diagonal. */
  move(): void
  /** solution += step p; p ← diagonal residual + factor p; q ← 0. */
  turn(): void
}
