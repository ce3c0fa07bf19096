/**
 * The sums of `crossPlain.ts`, two doubles at a time. Blocks hold 256 rows, each column contiguous; 4 × 4 tiles of the product keep
 * sixteen pairs of running sums.
 */

const rowBytes: usize = 2048

export function heapStart(): usize {
  return __heap_base
}

/** out = Xβ for `blocks` blocks of k columns. */
export function index(data: usize, blocks: i32, k: i32, coefficients: usize, out: usize): void {
  for (let block = 0; block < blocks; block++) {
    for (let r: usize = 0; r < rowBytes; r += 64) {
      let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0
      let at = data + r
      for (let j = 0; j < k; j++) {
        const c = v128.load64_splat(coefficients + (<usize>j << 3))
        s0 = f64x2.add(s0, f64x2.mul(c, v128.load(at)))
        s1 = f64x2.add(s1, f64x2.mul(c, v128.load(at, 16)))
        s2 = f64x2.add(s2, f64x2.mul(c, v128.load(at, 32)))
        s3 = f64x2.add(s3, f64x2.mul(c, v128.load(at, 48)))
        at += rowBytes
      }
      v128.store(out + r, s0)
      v128.store(out + r, s1, 16)
      v128.store(out + r, s2, 32)
      v128.store(out + r, s3, 48)
    }
    data += <usize>k * rowBytes
    out += rowBytes
  }
}

/** sum += X'v, k doubles. */
export function crossWith(data: usize, blocks: i32, k: i32, values: usize, sum: usize): void {
  for (let block = 0; block < blocks; block++) {
    for (let j = 0; j < k; j++) {
      let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0
      for (let r: usize = 0; r < rowBytes; r += 64) {
        s0 = f64x2.add(s0, f64x2.mul(v128.load(data + r), v128.load(values + r)))
        s1 = f64x2.add(s1, f64x2.mul(v128.load(data + r, 16), v128.load(values + r, 16)))
        s2 = f64x2.add(s2, f64x2.mul(v128.load(data + r, 32), v128.load(values + r, 32)))
        s3 = f64x2.add(s3, f64x2.mul(v128.load(data + r, 48), v128.load(values + r, 48)))
      }
      addTo(sum + (<usize>j << 3), f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)))
      data += rowBytes
    }
    values += rowBytes
  }
}

// @ts-ignore: decorator
@inline
function addTo(cell: usize, pair: v128): void {
  store<f64>(cell, load<f64>(cell) + f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1))
}

/** Lower triangle of sum += X'diag(weights)X, k × k doubles. `weighted` is room for k columns of a block. */
export function cross(data: usize, blocks: i32, k: i32, weights: usize, weighted: usize, sum: usize): void {
  const whole = k & ~3
  for (let block = 0; block < blocks; block++) {
    weigh(data, k, weights, weighted)
    for (let i = 0; i < whole; i += 4) {
      for (let j = 0; j <= i; j += 4) tile(data + <usize>i * rowBytes, weighted + <usize>j * rowBytes, sum + ((<usize>(i * k + j)) << 3), <usize>k << 3)
    }
    for (let i = whole; i < k; i++) {
      for (let j = 0; j < whole; j += 4) strip(data + <usize>i * rowBytes, weighted + <usize>j * rowBytes, sum + ((<usize>(i * k + j)) << 3))
      for (let j = whole; j <= i; j++) single(data + <usize>i * rowBytes, weighted + <usize>j * rowBytes, sum + ((<usize>(i * k + j)) << 3))
    }
    data += <usize>k * rowBytes
    weights += rowBytes
  }
}

function weigh(data: usize, k: i32, weights: usize, weighted: usize): void {
  for (let j = 0; j < k; j++) {
    for (let r: usize = 0; r < rowBytes; r += 32) {
      v128.store(weighted + r, f64x2.mul(v128.load(data + r), v128.load(weights + r)))
      v128.store(weighted + r, f64x2.mul(v128.load(data + r, 16), v128.load(weights + r, 16)), 16)
    }
    data += rowBytes
    weighted += rowBytes
  }
}

function tile(a: usize, b: usize, cell: usize, stride: usize): void {
  let s00 = f64x2.splat(0), s01 = s00, s02 = s00, s03 = s00
  let s10 = s00, s11 = s00, s12 = s00, s13 = s00
  let s20 = s00, s21 = s00, s22 = s00, s23 = s00
  let s30 = s00, s31 = s00, s32 = s00, s33 = s00
  for (let r: usize = 0; r < rowBytes; r += 16) {
    const y0 = v128.load(b + r), y1 = v128.load(b + r, 2048), y2 = v128.load(b + r, 4096), y3 = v128.load(b + r, 6144)
    let x = v128.load(a + r)
    s00 = f64x2.add(s00, f64x2.mul(x, y0))
    s01 = f64x2.add(s01, f64x2.mul(x, y1))
    s02 = f64x2.add(s02, f64x2.mul(x, y2))
    s03 = f64x2.add(s03, f64x2.mul(x, y3))
    x = v128.load(a + r, 2048)
    s10 = f64x2.add(s10, f64x2.mul(x, y0))
    s11 = f64x2.add(s11, f64x2.mul(x, y1))
    s12 = f64x2.add(s12, f64x2.mul(x, y2))
    s13 = f64x2.add(s13, f64x2.mul(x, y3))
    x = v128.load(a + r, 4096)
    s20 = f64x2.add(s20, f64x2.mul(x, y0))
    s21 = f64x2.add(s21, f64x2.mul(x, y1))
    s22 = f64x2.add(s22, f64x2.mul(x, y2))
    s23 = f64x2.add(s23, f64x2.mul(x, y3))
    x = v128.load(a + r, 6144)
    s30 = f64x2.add(s30, f64x2.mul(x, y0))
    s31 = f64x2.add(s31, f64x2.mul(x, y1))
    s32 = f64x2.add(s32, f64x2.mul(x, y2))
    s33 = f64x2.add(s33, f64x2.mul(x, y3))
  }
  addRow(cell, s00, s01, s02, s03)
  addRow(cell + stride, s10, s11, s12, s13)
  addRow(cell + 2 * stride, s20, s21, s22, s23)
  addRow(cell + 3 * stride, s30, s31, s32, s33)
}

// @ts-ignore: decorator
@inline
function addRow(cell: usize, s0: v128, s1: v128, s2: v128, s3: v128): void {
  addTo(cell, s0)
  addTo(cell + 8, s1)
  addTo(cell + 16, s2)
  addTo(cell + 24, s3)
}

/** One column with four. */
function strip(a: usize, b: usize, cell: usize): void {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0
  for (let r: usize = 0; r < rowBytes; r += 16) {
    const x = v128.load(a + r)
    s0 = f64x2.add(s0, f64x2.mul(x, v128.load(b + r)))
    s1 = f64x2.add(s1, f64x2.mul(x, v128.load(b + r, 2048)))
    s2 = f64x2.add(s2, f64x2.mul(x, v128.load(b + r, 4096)))
    s3 = f64x2.add(s3, f64x2.mul(x, v128.load(b + r, 6144)))
  }
  addRow(cell, s0, s1, s2, s3)
}

function single(a: usize, b: usize, cell: usize): void {
  let s0 = f64x2.splat(0), s1 = s0
  for (let r: usize = 0; r < rowBytes; r += 32) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(a + r), v128.load(b + r)))
    s1 = f64x2.add(s1, f64x2.mul(v128.load(a + r, 16), v128.load(b + r, 16)))
  }
  addTo(cell, f64x2.add(s0, s1))
}
