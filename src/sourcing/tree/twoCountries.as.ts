/**
 * `twoCountries.ts` for a block of 32 firms at once: the same operations in the same order, so the same bits. Firms are blocked
 * outside and τ runs inside, which keeps a block's costs in the first-level cache.
 *
 * A block is four groups of eight firms. A node's number in a group is a row of eight doubles, worked on as four vectors; which
 * firms of the block make a node in country 1 is one 32-bit word, a byte a group.
 */

const LANES: usize = 8
const GROUPS: usize = 4
const FIRMS: u64 = 32
/** Bytes of one number for eight firms. */
const ROW: usize = LANES * 8

let nodes: i32 = 0
let taus: i32 = 0
let pairs: i32 = 0
let classes: i32 = 0
let bins: i32 = 0
/** −1 free, otherwise the country of node 0. */
let destination: i32 = 0
let histogramFrom: f64 = 0
let histogramWidth: f64 = 1
let keyA: i32 = 0
let keyB: i32 = 0

/** Places in memory; inputs are filled by the loader after `configure`. */
export let table: usize = 0
export let parents: usize = 0
export let firstPart: usize = 0
export let pairList: usize = 0
/** Per τ: low, high, shipping gap, shipping from country 0. */
export let bounds: usize = 0
export let costSums: usize = 0
export let histogram: usize = 0
export let apart: usize = 0
export let reshored: usize = 0
let base: usize = 0
let gaps: usize = 0
let clipped: usize = 0
let firmCosts: usize = 0
let below: usize = 0
let above: usize = 0
let location: usize = 0
let last: usize = 0
let once: usize = 0
let twice: usize = 0

let free: usize = 0

/** Room for `count` numbers of `size` bytes, on a cache line of its own. */
function reserve(count: i32, size: usize): usize {
  const at = free
  free = (free + <usize>count * size + 63) & ~(<usize>63)
  return at
}

/** Lays out memory for an experiment; the exported places say where its inputs go. */
export function configure(nodeCount: i32, tauCount: i32, pairCount: i32, classCount: i32, binCount: i32, tableLength: i32): void {
  nodes = nodeCount
  taus = tauCount
  pairs = pairCount
  bins = binCount
  classes = classCount
  free = (__heap_base + 63) & ~(<usize>63)
  table = reserve(tableLength, 8)
  parents = reserve(nodes, 4)
  firstPart = reserve(nodes + 1, 4)
  pairList = reserve(3 * pairs, 4)
  bounds = reserve(4 * taus, 8)
  costSums = reserve(taus, ROW)
  histogram = reserve(histogramCells(), 4)
  apart = reserve(taus * classes, 4)
  reshored = reserve(nodes, 4)
  base = reserve(1, GROUPS * ROW)
  firmCosts = reserve(1, GROUPS * ROW)
  gaps = reserve(nodes, GROUPS * ROW)
  clipped = reserve(nodes, ROW)
  below = reserve(nodes, 4)
  above = reserve(nodes, 4)
  location = reserve(nodes, 4)
  last = reserve(nodes, 4)
  once = reserve(nodes, 4)
  twice = reserve(nodes, 4)
  const pages = <i32>((free + 0xffff) >>> 16)
  if (pages > memory.size()) memory.grow(pages - memory.size())
}

function histogramCells(): i32 {
  return bins > 0 ? taus * (bins + 2) : 0
}

/** The numbers that are not arrays. */
export function settings(a: i32, b: i32, market: i32, from: f64, width: f64): void {
  keyA = a
  keyB = b
  destination = market
  histogramFrom = from
  histogramWidth = width
}

/** Solves firms [from, to) and leaves their tallies. */
export function run(from: u64, to: u64): void {
  memory.fill(costSums, 0, <usize>taus * ROW)
  memory.fill(histogram, 0, <usize>histogramCells() << 2)
  memory.fill(apart, 0, <usize>(taus * classes) << 2)
  memory.fill(reshored, 0, <usize>nodes << 2)
  for (let firm = from & ~(FIRMS - 1); firm < to; firm += FIRMS) {
    let valid: i32 = -1
    if (firm < from) valid &= -1 << <i32>(from - firm)
    if (firm + FIRMS > to) valid &= <i32>(<u32>-1 >>> <u32>(firm + FIRMS - to))
    for (let group: usize = 0; group < GROUPS; group++) draw(group, <i32>(firm + group * LANES))
    memory.fill(once, 0, <usize>nodes << 2)
    memory.fill(twice, 0, <usize>nodes << 2)
    for (let t = 0; t < taus; t++) {
      for (let group: usize = 0; group < GROUPS; group++) upstream(group, t)
      downstream(t, valid)
      for (let group: usize = 0; group < GROUPS; group++) tallyCosts(group, t, (valid >>> <i32>(group * LANES)) & 0xff)
    }
    for (let at: usize = 0; at < <usize>nodes << 2; at += 4) {
      store<i32>(reshored + at, load<i32>(reshored + at) + popcnt<i32>(load<i32>(twice + at) & valid))
    }
  }
}

@inline
function quantile(word: i32): f64 {
  const v = (word << 1) | 1
  const octave = clz<i32>(v)
  const fraction = (v << octave) << 1
  const at = table + (<usize>(((<u32>word >>> 31) << 13) | (octave << 8) | (<u32>fraction >>> 24)) << 4)
  return load<f64>(at) + <f64>(fraction & 0xffffff) * load<f64>(at, 8)
}

@inline
function storeQuantiles(at: usize, words: v128): void {
  store<f64>(at, quantile(i32x4.extract_lane(words, 0)), 0)
  store<f64>(at, quantile(i32x4.extract_lane(words, 1)), 8)
  store<f64>(at, quantile(i32x4.extract_lane(words, 2)), 16)
  store<f64>(at, quantile(i32x4.extract_lane(words, 3)), 24)
}

/** d = a_1 − a_0 by node and Σ a_0 of a group's firms; sfc32 streams side by side, two vectors of four. */
function draw(group: usize, firm: i32): void {
  const sums = base + group * ROW
  const rows = gaps + group * <usize>nodes * ROW
  let a0 = i32x4.splat(keyA)
  let a1 = a0
  let b0 = i32x4.splat(keyB)
  let b1 = b0
  let c0 = i32x4.add(i32x4.splat(firm), i32x4(0, 1, 2, 3))
  let c1 = i32x4.add(i32x4.splat(firm), i32x4(4, 5, 6, 7))
  let d = i32x4.splat(1)
  const one = i32x4.splat(1)
  for (let q: usize = 0; q < ROW; q += 16) v128.store(sums + q, f64x2.splat(0))
  for (let i = -12; i < 2 * nodes; i++) {
    const word0 = i32x4.add(i32x4.add(a0, b0), d)
    const word1 = i32x4.add(i32x4.add(a1, b1), d)
    d = i32x4.add(d, one)
    a0 = v128.xor(b0, i32x4.shr_u(b0, 9))
    a1 = v128.xor(b1, i32x4.shr_u(b1, 9))
    b0 = i32x4.add(c0, i32x4.shl(c0, 3))
    b1 = i32x4.add(c1, i32x4.shl(c1, 3))
    c0 = i32x4.add(v128.or(i32x4.shl(c0, 21), i32x4.shr_u(c0, 11)), word0)
    c1 = i32x4.add(v128.or(i32x4.shl(c1, 21), i32x4.shr_u(c1, 11)), word1)
    if (i < 0) continue
    const row = rows + <usize>(i >> 1) * ROW
    if ((i & 1) == 0) {
      storeQuantiles(row, word0)
      storeQuantiles(row + 32, word1)
      for (let q: usize = 0; q < ROW; q += 16) v128.store(sums + q, f64x2.add(v128.load(sums + q), v128.load(row + q)))
    } else {
      storeQuantiles(firmCosts, word0)
      storeQuantiles(firmCosts + 32, word1)
      for (let q: usize = 0; q < ROW; q += 16) v128.store(row + q, f64x2.sub(v128.load(firmCosts + q), v128.load(row + q)))
    }
  }
}

/** Masks of eight doubles as eight 16-bit masks. */
@inline
function narrow(m0: v128, m1: v128, m2: v128, m3: v128): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shuffle(m0, m1, 0, 2, 4, 6), i32x4.shuffle(m2, m3, 0, 2, 4, 6))
}

/** From the parts to the final good: D_v clipped, whose lie below and above the bounds, and the cost. */
function upstream(group: usize, t: i32): void {
  const bound = bounds + (<usize>t << 5)
  const low = v128.load64_splat(bound)
  const high = v128.load64_splat(bound, 8)
  const shipping = v128.load64_splat(bound, 24)
  const zero = f64x2.splat(0)
  const sums = base + group * ROW
  const rows = gaps + group * <usize>nodes * ROW
  const costs = firmCosts + group * ROW
  let cost0 = f64x2.add(v128.load(sums), shipping)
  let cost1 = f64x2.add(v128.load(sums, 16), shipping)
  let cost2 = f64x2.add(v128.load(sums, 32), shipping)
  let cost3 = f64x2.add(v128.load(sums, 48), shipping)
  let d0: v128
  let d1: v128
  let d2: v128
  let d3: v128
  for (let v: usize = <usize>nodes - 1; ; v--) {
    const row = rows + v * ROW
    d0 = v128.load(row)
    d1 = v128.load(row, 16)
    d2 = v128.load(row, 32)
    d3 = v128.load(row, 48)
    const end = clipped + <usize>load<i32>(firstPart + (v << 2), 4) * ROW
    for (let part = clipped + <usize>load<i32>(firstPart + (v << 2)) * ROW; part < end; part += ROW) {
      d0 = f64x2.add(d0, v128.load(part))
      d1 = f64x2.add(d1, v128.load(part, 16))
      d2 = f64x2.add(d2, v128.load(part, 32))
      d3 = f64x2.add(d3, v128.load(part, 48))
    }
    if (v == 0) break
    cost0 = f64x2.add(cost0, f64x2.pmin(zero, f64x2.sub(d0, low)))
    cost1 = f64x2.add(cost1, f64x2.pmin(zero, f64x2.sub(d1, low)))
    cost2 = f64x2.add(cost2, f64x2.pmin(zero, f64x2.sub(d2, low)))
    cost3 = f64x2.add(cost3, f64x2.pmin(zero, f64x2.sub(d3, low)))
    const isBelow = narrow(f64x2.lt(d0, low), f64x2.lt(d1, low), f64x2.lt(d2, low), f64x2.lt(d3, low))
    const isAbove = narrow(f64x2.gt(d0, high), f64x2.gt(d1, high), f64x2.gt(d2, high), f64x2.gt(d3, high))
    const mask = i8x16.bitmask(i8x16.narrow_i16x8_s(isBelow, isAbove))
    store<u8>(below + (v << 2) + group, mask)
    store<u8>(above + (v << 2) + group, mask >>> 8)
    const own = clipped + v * ROW
    v128.store(own, f64x2.pmax(low, f64x2.pmin(high, d0)))
    v128.store(own, f64x2.pmax(low, f64x2.pmin(high, d1)), 16)
    v128.store(own, f64x2.pmax(low, f64x2.pmin(high, d2)), 32)
    v128.store(own, f64x2.pmax(low, f64x2.pmin(high, d3)), 48)
  }
  const gap = v128.load64_splat(bound, 16)
  d0 = f64x2.add(d0, gap)
  d1 = f64x2.add(d1, gap)
  d2 = f64x2.add(d2, gap)
  d3 = f64x2.add(d3, gap)
  const inOne = narrow(f64x2.lt(d0, zero), f64x2.lt(d1, zero), f64x2.lt(d2, zero), f64x2.lt(d3, zero))
  store<u8>(location + group, destination < 0 ? i8x16.bitmask(i8x16.narrow_i16x8_s(inOne, inOne)) : -destination)
  if (destination != 0) {
    cost0 = f64x2.add(cost0, destination < 0 ? f64x2.pmin(zero, d0) : d0)
    cost1 = f64x2.add(cost1, destination < 0 ? f64x2.pmin(zero, d1) : d1)
    cost2 = f64x2.add(cost2, destination < 0 ? f64x2.pmin(zero, d2) : d2)
    cost3 = f64x2.add(cost3, destination < 0 ? f64x2.pmin(zero, d3) : d3)
  }
  v128.store(costs, cost0)
  v128.store(costs, cost1, 16)
  v128.store(costs, cost2, 32)
  v128.store(costs, cost3, 48)
}

/** From the final good to the parts: locations, moves since the last τ, and pairs made apart. */
function downstream(t: i32, valid: i32): void {
  for (let at: usize = 0; at < <usize>nodes << 2; at += 4) {
    let here = load<i32>(location)
    if (at > 0) {
      const user = load<i32>(location + (<usize>load<i32>(parents + at) << 2))
      here = load<i32>(below + at) | (~load<i32>(above + at) & user)
      store<i32>(location + at, here)
    }
    if (t > 0) {
      const moved = here ^ load<i32>(last + at)
      const before = load<i32>(once + at)
      store<i32>(twice + at, load<i32>(twice + at) | (before & moved))
      store<i32>(once + at, before | moved)
    }
    store<i32>(last + at, here)
  }
  const counts = apart + (<usize>(t * classes) << 2)
  const end = pairList + <usize>pairs * 12
  for (let pair = pairList; pair < end; pair += 12) {
    const differ = (load<i32>(location + (<usize>load<i32>(pair) << 2)) ^ load<i32>(location + (<usize>load<i32>(pair, 4) << 2))) & valid
    const at = counts + (<usize>load<i32>(pair, 8) << 2)
    store<i32>(at, load<i32>(at) + popcnt<i32>(differ))
  }
}

function tallyCosts(group: usize, t: i32, valid: i32): void {
  const sums = costSums + <usize>t * ROW
  const costs = firmCosts + group * ROW
  if (valid == 0xff) {
    for (let q: usize = 0; q < ROW; q += 16) v128.store(sums + q, f64x2.add(v128.load(sums + q), v128.load(costs + q)))
  } else {
    for (let lane: usize = 0; lane < LANES; lane++) {
      if (valid & (1 << <i32>lane)) store<f64>(sums + lane * 8, load<f64>(sums + lane * 8) + load<f64>(costs + lane * 8))
    }
  }
  if (bins == 0) return
  const counts = histogram + (<usize>(t * (bins + 2)) << 2)
  for (let lane: usize = 0; lane < LANES; lane++) {
    if (!(valid & (1 << <i32>lane))) continue
    const cell = Math.floor((load<f64>(costs + lane * 8) - histogramFrom) / histogramWidth) + 1
    const bin = <usize>Math.min(Math.max(cell, 0), <f64>(bins + 1))
    store<i32>(counts + bin * 4, load<i32>(counts + bin * 4) + 1)
  }
}
