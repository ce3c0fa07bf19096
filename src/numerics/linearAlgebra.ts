/**
 * Small dense symmetric algebra on row-major `Float64Array`s of k × k elements: Cholesky factors, solves, inverses, products.
 * Matrices are scaled to a unit diagonal before they are factored, so that columns of size 1e9 beside 1e-6 lose nothing.
 * Eigenvalues come from ml-matrix. Nothing here depends on the number of rows of a data set.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** Cholesky factor of a symmetric matrix scaled to a unit diagonal: A = D L L' D. */
export interface CholeskyFactor {
  readonly size: number
  /** Lower triangle L, row-major. */
  readonly lower: Float64Array
  /** Square roots of the diagonal of A. */
  readonly scale: Float64Array
  /** Smallest squared pivot, in (0, 1]: the share of a column's variation that the columns before it do not explain. */
  readonly smallestPivot: number
}

/** The factor of a positive definite matrix, or undefined where a pivot is not above `tolerance`. */
export function cholesky(matrix: Float64Array, size: number, tolerance = 1e-14): CholeskyFactor | undefined {
  const scale = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    scale[i] = Math.sqrt(matrix[i * size + i]!)
    if (!(scale[i]! > 0) || scale[i] === Infinity) return undefined
  }
  const lower = new Float64Array(size * size)
  let smallestPivot = 1
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]! / (scale[i]! * scale[j]!)
      for (let l = 0; l < j; l++) sum -= lower[i * size + l]! * lower[j * size + l]!
      if (j < i) lower[i * size + j] = sum / lower[j * size + j]!
      else if (!(sum > tolerance)) return undefined
      else {
        smallestPivot = Math.min(smallestPivot, sum)
        lower[i * size + i] = Math.sqrt(sum)
      }
    }
  }
  return { size, lower, scale, smallestPivot }
}

/** A⁻¹ b. */
export function choleskySolve(factor: CholeskyFactor, right: Float64Array): Float64Array {
  const { size, lower, scale } = factor
  const x = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    let sum = right[i]! / scale[i]!
    for (let l = 0; l < i; l++) sum -= lower[i * size + l]! * x[l]!
    x[i] = sum / lower[i * size + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = x[i]!
    for (let l = i + 1; l < size; l++) sum -= lower[l * size + i]! * x[l]!
    x[i] = sum / lower[i * size + i]!
  }
  for (let i = 0; i < size; i++) x[i]! /= scale[i]!
  return x
}

/** A⁻¹, exactly symmetric. */
export function choleskyInverse(factor: CholeskyFactor): Float64Array {
  const { size, lower, scale } = factor
  const inverseLower = new Float64Array(size * size)
  for (let j = 0; j < size; j++) {
    inverseLower[j * size + j] = 1 / lower[j * size + j]!
    for (let i = j + 1; i < size; i++) {
      let sum = 0
      for (let l = j; l < i; l++) sum -= lower[i * size + l]! * inverseLower[l * size + j]!
      inverseLower[i * size + j] = sum / lower[i * size + i]!
    }
  }
  const inverse = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let l = i; l < size; l++) sum += inverseLower[l * size + i]! * inverseLower[l * size + j]!
      inverse[i * size + j] = inverse[j * size + i] = sum / (scale[i]! * scale[j]!)
    }
  }
  return inverse
}

/** A⁻¹ of a positive definite matrix, or undefined where it is not. */
export function invertPositive(matrix: Float64Array, size: number): Float64Array | undefined {
  const factor = cholesky(matrix, size)
  return factor && choleskyInverse(factor)
}

/** A B for A rows × inner and B inner × columns. */
export function multiply(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const product = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let l = 0; l < inner; l++) {
      const value = a[i * inner + l]!
      if (value === 0) continue
      for (let j = 0; j < columns; j++) product[i * columns + j]! += value * b[l * columns + j]!
    }
  }
  return product
}

/** A B A' for A rows × size and B size × size symmetric; exactly symmetric. */
export function sandwichProduct(a: Float64Array, b: Float64Array, rows: number, size: number): Float64Array {
  const left = multiply(a, b, rows, size, size)
  const product = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let l = 0; l < size; l++) sum += left[i * size + l]! * a[j * size + l]!
      product[i * rows + j] = product[j * rows + i] = sum
    }
  }
  return product
}

/** A'A, or A' diag(weights) A, for A rows × columns; exactly symmetric, summed in chunks of 4096 rows in order. */
export function crossProduct(a: Float64Array, rows: number, columns: number, weights?: Float64Array): Float64Array {
  const total = new Float64Array(columns * columns)
  const partial = new Float64Array(columns * columns)
  for (let from = 0; from < rows; from += 4096) {
    const to = Math.min(from + 4096, rows)
    partial.fill(0)
    let row = from
    for (; row + 4 <= to; row += 4) addFourRows(a, row, columns, weights, partial)
    for (; row < to; row++) addRow(a, row, columns, weights, partial)
    for (let cell = 0; cell < total.length; cell++) total[cell]! += partial[cell]!
  }
  return mirrorLower(total, columns)
}

/** Four rows at once: a cell is loaded and stored a quarter as often. */
function addFourRows(a: Float64Array, row: number, columns: number, weights: Float64Array | undefined, sum: Float64Array): void {
  const r0 = row * columns, r1 = r0 + columns, r2 = r1 + columns, r3 = r2 + columns
  const w0 = weights ? weights[row]! : 1, w1 = weights ? weights[row + 1]! : 1, w2 = weights ? weights[row + 2]! : 1, w3 = weights ? weights[row + 3]! : 1
  for (let i = 0; i < columns; i++) {
    const x0 = w0 * a[r0 + i]!, x1 = w1 * a[r1 + i]!, x2 = w2 * a[r2 + i]!, x3 = w3 * a[r3 + i]!
    const cell = i * columns
    for (let j = 0; j <= i; j++) sum[cell + j]! += x0 * a[r0 + j]! + x1 * a[r1 + j]! + x2 * a[r2 + j]! + x3 * a[r3 + j]!
  }
}

function addRow(a: Float64Array, row: number, columns: number, weights: Float64Array | undefined, sum: Float64Array): void {
  const at = row * columns
  const weight = weights ? weights[row]! : 1
  for (let i = 0; i < columns; i++) {
    const value = weight * a[at + i]!
    const cell = i * columns
    for (let j = 0; j <= i; j++) sum[cell + j]! += value * a[at + j]!
  }
}

/** Copies the lower triangle over the upper one. */
export function mirrorLower(matrix: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j]!
  return matrix
}

/** A' for A rows × columns. */
export function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = a[i * columns + j]!
  return result
}

export interface SymmetricEigen {
  /** Ascending. */
  readonly values: Float64Array
  /** One eigenvector a column, row-major. */
  readonly vectors: Float64Array
}

/** Eigenvalues and orthonormal eigenvectors of a symmetric matrix. */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const decomposition = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix), { assumeSymmetric: true })
  const order = decomposition.realEigenvalues.map((value, column) => ({ value, column })).sort((a, b) => a.value - b.value)
  const vectors = new Float64Array(size * size)
  order.forEach(({ column }, j) => {
    for (let i = 0; i < size; i++) vectors[i * size + j] = decomposition.eigenvectorMatrix.get(i, column)
  })
  return { values: Float64Array.from(order, ({ value }) => value), vectors }
}

/** Eigenvalues (ascending) and vectors of A v = λ B v for symmetric A and positive definite B, v'Bv = 1; undefined where B is not. */
export function generalisedEigen(a: Float64Array, b: Float64Array, size: number): SymmetricEigen | undefined {
  const factor = cholesky(b, size)
  if (!factor) return undefined
  const { lower, scale } = factor
  // G = D⁻¹L⁻ᵀ by columns: G'BG = I, so that G'AG is symmetric with the same eigenvalues.
  const inverse = new Float64Array(size * size)
  for (let column = 0; column < size; column++) {
    for (let i = column; i >= 0; i--) {
      let sum = i === column ? 1 : 0
      for (let l = i + 1; l <= column; l++) sum -= lower[l * size + i]! * inverse[l * size + column]!
      inverse[i * size + column] = sum / lower[i * size + i]!
    }
  }
  for (let i = 0; i < size; i++) for (let column = 0; column < size; column++) inverse[i * size + column]! /= scale[i]!
  const { values, vectors } = symmetricEigen(sandwichProduct(transpose(inverse, size, size), a, size, size), size)
  return { values, vectors: multiply(inverse, vectors, size, size, size) }
}
