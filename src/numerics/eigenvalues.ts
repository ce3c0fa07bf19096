/**
 * Eigenvalues without eigenvectors, several times faster than with them: of symmetric matrices by Householder's tridiagonal form and
 * implicit QL, of general ones by the Hessenberg form and Francis' double-shift QR (EISPACK tred1, imtql1, balanc, elmhes, hqr; Wilkinson
 * and Reinsch 1971). Checked against ml-matrix, which `symmetricEigen` uses where vectors are wanted.
 */
import { ReshoreError } from '../errors.js'

const maxSweeps = 60

/** Ascending eigenvalues of a symmetric matrix, n × n row-major. */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, beside } = tridiagonal(matrix.slice(), n)
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l
      for (; m < n - 1; m++) {
        const near = Math.abs(diagonal[m]!) + Math.abs(diagonal[m + 1]!)
        if (Math.abs(beside[m]!) <= Number.EPSILON * near) break
      }
      if (m === l) break
      if (sweep === maxSweeps) throw notConverged(n)
      implicitQlStep(diagonal, beside, l, m)
    }
  }
  return diagonal.sort()
}

/** Reduces `a` in place; a column that is zero below the diagonal already costs nothing. */
function tridiagonal(a: Float64Array, n: number): { diagonal: Float64Array; beside: Float64Array } {
  const diagonal = new Float64Array(n)
  const beside = new Float64Array(n)
  const v = new Float64Array(n)
  const p = new Float64Array(n)
  for (let k = 0; k < n - 1; k++) {
    diagonal[k] = a[k * n + k]!
    const first = a[(k + 1) * n + k]!
    let rest = 0
    for (let i = k + 2; i < n; i++) rest += a[i * n + k]! ** 2
    if (rest === 0) {
      beside[k] = first
      continue
    }
    const length = first > 0 ? -Math.sqrt(first * first + rest) : Math.sqrt(first * first + rest)
    beside[k] = length
    v[k + 1] = first - length
    for (let i = k + 2; i < n; i++) v[i] = a[i * n + k]!
    const beta = 2 / (v[k + 1]! ** 2 + rest)
    // The lower triangle holds everything: p = βAv, then A − v w' − w v' with w = p − ½β(v'p)v.
    p.fill(0, k + 1)
    for (let i = k + 1; i < n; i++) {
      const vi = v[i]!
      let [sum, at] = [0, i * n + k + 1]
      for (let j = k + 1; j < i; j++, at++) {
        sum += a[at]! * v[j]!
        p[j]! += a[at]! * vi
      }
      p[i]! += sum + a[at]! * vi
    }
    let along = 0
    for (let i = k + 1; i < n; i++) along += p[i]! * v[i]!
    for (let i = k + 1; i < n; i++) p[i] = beta * (p[i]! - 0.5 * beta * along * v[i]!)
    for (let i = k + 1; i < n; i++) {
      const [vi, pi] = [v[i]!, p[i]!]
      for (let j = k + 1, at = i * n + k + 1; j <= i; j++, at++) a[at]! -= vi * p[j]! + pi * v[j]!
    }
  }
  diagonal[n - 1] = a[n * n - 1]!
  return { diagonal, beside }
}

/** One QL step with implicit shift on rows l … m. */
function implicitQlStep(d: Float64Array, e: Float64Array, l: number, m: number): void {
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!)
  const root = Math.hypot(half, 1)
  let g = d[m]! - d[l]! + e[l]! / (half + (half >= 0 ? root : -root))
  let [s, c, p] = [1, 1, 0]
  let i = m - 1
  for (; i >= l; i--) {
    const f = s * e[i]!
    const b = c * e[i]!
    const r = Math.hypot(f, g)
    e[i + 1] = r
    if (r === 0) {
      d[i + 1]! -= p
      e[m] = 0
      break
    }
    s = f / r
    c = g / r
    g = d[i + 1]! - p
    const t = (d[i]! - g) * s + 2 * c * b
    p = s * t
    d[i + 1] = g + p
    g = c * t - b
  }
  if (i >= l) return
  d[l]! -= p
  e[l] = g
  e[m] = 0
}

/** Real and imaginary parts of the eigenvalues of a general matrix, n × n row-major, in no particular order. */
export function eigenvalues(matrix: Float64Array, n: number): { real: Float64Array; imaginary: Float64Array } {
  const a = matrix.slice()
  balance(a, n)
  hessenberg(a, n)
  return hessenbergEigenvalues(a, n)
}

/** Scales rows and columns by powers of two until their norms are alike. */
function balance(a: Float64Array, n: number): void {
  for (let changed = true; changed;) {
    changed = false
    for (let i = 0; i < n; i++) {
      let [row, column] = [0, 0]
      for (let j = 0; j < n; j++) {
        if (j === i) continue
        column += Math.abs(a[j * n + i]!)
        row += Math.abs(a[i * n + j]!)
      }
      if (row === 0 || column === 0) continue
      const factor = 2 ** Math.round(Math.log2(row / column) / 2)
      if (!((column * factor + row / factor) < 0.95 * (column + row))) continue
      changed = true
      for (let j = 0; j < n; j++) a[i * n + j]! /= factor
      for (let j = 0; j < n; j++) a[j * n + i]! *= factor
    }
  }
}

/** Upper Hessenberg form by elimination with pivots; what is below it is left unset. */
function hessenberg(a: Float64Array, n: number): void {
  for (let m = 1; m < n - 1; m++) {
    let pivot = m
    for (let i = m + 1; i < n; i++) if (Math.abs(a[i * n + m - 1]!) > Math.abs(a[pivot * n + m - 1]!)) pivot = i
    if (a[pivot * n + m - 1] === 0) continue
    if (pivot !== m) {
      for (let j = m - 1; j < n; j++) swap(a, pivot * n + j, m * n + j)
      for (let i = 0; i < n; i++) swap(a, i * n + pivot, i * n + m)
    }
    const lead = a[m * n + m - 1]!
    const multipliers = new Float64Array(n)
    for (let i = m + 1; i < n; i++) {
      const y = a[i * n + m - 1]! / lead
      multipliers[i] = y
      if (y !== 0) for (let j = m; j < n; j++) a[i * n + j]! -= y * a[m * n + j]!
    }
    for (let i = 0; i < n; i++) {
      let sum = 0
      for (let j = m + 1; j < n; j++) sum += multipliers[j]! * a[i * n + j]!
      a[i * n + m]! += sum
    }
  }
}

function swap(a: Float64Array, i: number, j: number): void {
  const value = a[i]!
  a[i] = a[j]!
  a[j] = value
}

function hessenbergEigenvalues(a: Float64Array, n: number): { real: Float64Array; imaginary: Float64Array } {
  const real = new Float64Array(n)
  const imaginary = new Float64Array(n)
  let norm = 0
  for (let i = 0; i < n; i++) for (let j = Math.max(i - 1, 0); j < n; j++) norm += Math.abs(a[i * n + j]!)
  let shift = 0
  for (let last = n - 1, sweep = 0; last >= 0;) {
    const first = deflate(a, n, last, norm)
    const x = a[last * n + last]!
    if (first === last) {
      real[last--] = x + shift
      sweep = 0
    } else if (first === last - 1) {
      const y = a[(last - 1) * n + last - 1]!
      const w = a[last * n + last - 1]! * a[(last - 1) * n + last]!
      const p = (y - x) / 2
      const q = p * p + w
      const z = Math.sqrt(Math.abs(q))
      if (q >= 0) {
        const far = p + (p >= 0 ? z : -z)
        real[last - 1] = x + shift + far
        real[last] = far === 0 ? x + shift : x + shift - w / far
      } else {
        real[last - 1] = real[last] = x + shift + p
        imaginary[last - 1] = z
        imaginary[last] = -z
      }
      last -= 2
      sweep = 0
    } else {
      if (sweep === maxSweeps) throw notConverged(n)
      shift += doubleShift(a, n, first, last, sweep++)
    }
  }
  return { real, imaginary }
}

/** First row of the block that ends at `last`: where the element below the diagonal is nothing. */
function deflate(a: Float64Array, n: number, last: number, norm: number): number {
  for (let l = last; l >= 1; l--) {
    const near = Math.abs(a[(l - 1) * n + l - 1]!) + Math.abs(a[l * n + l]!) || norm
    if (Math.abs(a[l * n + l - 1]!) <= Number.EPSILON * near) {
      a[l * n + l - 1] = 0
      return l
    }
  }
  return 0
}

/** One double QR step on rows `first` … `last`; returns what it took off the diagonal (an exceptional shift every ten sweeps). */
function doubleShift(a: Float64Array, n: number, first: number, last: number, sweep: number): number {
  const at = (i: number, j: number): number => a[i * n + j]!
  let [x, y, w, taken] = [at(last, last), at(last - 1, last - 1), at(last, last - 1) * at(last - 1, last), 0]
  if (sweep > 0 && sweep % 10 === 0) {
    taken = x
    for (let i = 0; i <= last; i++) a[i * n + i]! -= x
    const s = Math.abs(at(last, last - 1)) + Math.abs(at(last - 1, last - 2))
    x = y = 0.75 * s
    w = -0.4375 * s * s
  }
  let [m, p, q, r] = [last - 2, 0, 0, 0]
  for (; m >= first; m--) {
    const z = at(m, m)
    p = ((x - z) * (y - z) - w) / at(m + 1, m) + at(m, m + 1)
    q = at(m + 1, m + 1) - z - (x - z) - (y - z)
    r = at(m + 2, m + 1)
    const size = Math.abs(p) + Math.abs(q) + Math.abs(r)
    p /= size
    q /= size
    r /= size
    if (m === first) break
    const small = Math.abs(at(m, m - 1)) * (Math.abs(q) + Math.abs(r))
    if (small <= Number.EPSILON * Math.abs(p) * (Math.abs(at(m - 1, m - 1)) + Math.abs(z) + Math.abs(at(m + 1, m + 1)))) break
  }
  for (let i = m + 2; i <= last; i++) {
    a[i * n + i - 2] = 0
    if (i !== m + 2) a[i * n + i - 3] = 0
  }
  for (let k = m; k < last; k++) {
    const three = k + 1 < last
    if (k !== m) {
      p = at(k, k - 1)
      q = at(k + 1, k - 1)
      r = three ? at(k + 2, k - 1) : 0
      x = Math.abs(p) + Math.abs(q) + Math.abs(r)
      if (x === 0) continue
      p /= x
      q /= x
      r /= x
    }
    const s = p >= 0 ? Math.sqrt(p * p + q * q + r * r) : -Math.sqrt(p * p + q * q + r * r)
    if (k !== m) a[k * n + k - 1] = -s * x
    else if (first !== m) a[k * n + k - 1]! *= -1
    p += s
    reflect(a, n, k, first, last, [p / s, q / s, three ? r / s : 0, q / p, three ? r / p : 0])
  }
  return taken
}

/** Applies a reflector to rows and columns k, k + 1 and k + 2. */
function reflect(a: Float64Array, n: number, k: number, first: number, last: number, [x, y, z, q, r]: readonly [number, number, number, number, number]): void {
  const three = k + 1 < last
  const [row0, row1, row2] = [k * n, (k + 1) * n, (k + 2) * n]
  for (let j = k; j <= last; j++) {
    const p = a[row0 + j]! + q * a[row1 + j]! + (three ? r * a[row2 + j]! : 0)
    if (three) a[row2 + j]! -= p * z
    a[row1 + j]! -= p * y
    a[row0 + j]! -= p * x
  }
  for (let i = first, to = Math.min(last, k + 3); i <= to; i++) {
    const at = i * n + k
    const p = x * a[at]! + y * a[at + 1]! + (three ? z * a[at + 2]! : 0)
    if (three) a[at + 2]! -= p * r
    a[at + 1]! -= p * q
    a[at]! -= p
  }
}

function notConverged(n: number): ReshoreError {
  return new ReshoreError('NotConvergedError', `the eigenvalues of a matrix of ${n} rows did not settle`, 'Look for regressors or instruments of extreme size, and rescale them.')
}
