/** The compact table the sweeps of an absorption run over, and the two passes a kernel offers. Rows are sorted by the eliminated block. */

/** One set of coefficients to absorb: a level indicator, or its product with a slope variable. */
export interface Block {
  /** The effect it comes from, for messages. */
  readonly name: string
  readonly levels: number
  readonly codes: Int32Array
  /** Slope variable; absent for the levels themselves. */
  readonly values?: Float64Array
}

export interface TableShape {
  readonly rows: number
  /** Levels of the eliminated block. */
  readonly groups: number
  /** Blocks that remain. */
  readonly blocks: number
  /** Their levels together. */
  readonly levels: number
  readonly weighted: boolean
  /** Whether a remaining block has a slope variable. */
  readonly sloped: boolean
  /** Whether the eliminated block has one. */
  readonly ownSlope: boolean
}

/** Arrays of a table, in a kernel's memory. */
export interface SweepTable extends TableShape {
  /** Rows of group g are [starts[g], starts[g+1]). */
  readonly starts: Int32Array
  /** rows × blocks: where the row's level stands among all remaining levels. */
  readonly codes: Int32Array
  readonly weights?: Float64Array
  /** rows × blocks. */
  readonly values?: Float64Array
  readonly own?: Float64Array
  /** 1/Σ w own² of every group; 0 where that is nothing. */
  readonly inverse: Float64Array
  /** levels × 2: coefficient p and product q of every remaining level. */
  readonly pairs: Float64Array
  /** The column under work, in the table's row order. */
  readonly column: Float64Array
}

/**
 * With D the remaining blocks, W the weights and M what the eliminated block leaves of a column:
 * `sweep`: q += D'WM Dp over the groups before `to`; `project`: column ← M(column − Dp), q += D'W column, returns column'W column.
 */
export interface SweepKernel {
  readonly table: SweepTable
  sweep(to: number): void
  project(): number
}
