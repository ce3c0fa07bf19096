/**
 * Exact τ-paths of eight firms at once, between two countries with specific trade costs, on trees of up to 64 nodes.
 *
 * An allocation costs P + τQ. From the allocations at τ = 0 and τ = ∞ on, two neighbours known so far are compared where they cost
 * the same: either nothing else is cheaper there and it is a breakpoint, or the cheaper allocation comes between them
 * (Eisner and Severance). Every firm goes through its own path from low τ to high, and an evaluation at eight different τ costs
 * as much as one at a single τ.
 *
 * A number of eight firms is a row of eight doubles, worked on as four vectors. Which firms make a node in country 1 is a byte a
 * node; turned round, it is a 64-bit word a firm.
 */

const LANES: usize = 8
const ROW: usize = LANES * 8
/** Allocations a firm may have waiting above the one it is at; what does not fit is found again. */
const DEPTH: i32 = 64
/** Allocations differ in shipments between countries, at most 64, of two kinds, and in the place of the final good. */
const MOST_BREAKPOINTS: usize = 4352
/** Beyond every breakpoint. */
const FAR: f64 = 1e300

let nodes: usize = 0
let destination: i32 = 0
let toZero: f64 = 0
let toOne: f64 = 0
let shippingZero: f64 = 0
let shippingOne: f64 = 0

/** Places in memory; inputs are filled by the loader after `configure`, `gaps` and `base` before each `follow`. */
export let parents: usize = 0
export let firstPart: usize = 0
/** a_1 − a_0, [node][lane], and Σ a_0, [lane]. */
export let gaps: usize = 0
export let base: usize = 0
/** Results: number of breakpoints [lane]; breakpoints [lane][MOST_BREAKPOINTS]; nodes that return [lane][node]. */
export let counts: usize = 0
export let breakpoints: usize = 0
export let returned: usize = 0

let taus: usize = 0
let clipped: usize = 0
let costs: usize = 0
let below: usize = 0
let above: usize = 0
let location: usize = 0
let shipments: usize = 0
/** Allocations as P, Q and word: the ones last found, the ones firms are at, the ones at τ = ∞, [lane]; those waiting, [lane][DEPTH]. */
let found: usize = 0
let here: usize = 0
let final: usize = 0
let waiting: usize = 0
let waitingCount: usize = 0
let once: usize = 0
let twice: usize = 0

const ALLOCATION: usize = 24

let free: usize = 0

/** Room for `bytes`, on a cache line of its own. */
function reserve(bytes: usize): usize {
  const at = free
  free = (free + bytes + 63) & ~(<usize>63)
  return at
}

export function configure(nodeCount: i32): void {
  nodes = <usize>nodeCount
  free = (__heap_base + 63) & ~(<usize>63)
  parents = reserve(nodes << 2)
  firstPart = reserve((nodes + 1) << 2)
  gaps = reserve(nodes * ROW)
  base = reserve(ROW)
  counts = reserve(LANES << 2)
  breakpoints = reserve(LANES * MOST_BREAKPOINTS * 8)
  returned = reserve(LANES * nodes)
  taus = reserve(ROW)
  clipped = reserve(nodes * ROW)
  costs = reserve(ROW)
  below = reserve(nodes)
  above = reserve(nodes)
  location = reserve(64)
  shipments = reserve(16)
  found = reserve(LANES * ALLOCATION)
  here = reserve(LANES * ALLOCATION)
  final = reserve(LANES * ALLOCATION)
  waiting = reserve(LANES * <usize>DEPTH * ALLOCATION)
  waitingCount = reserve(LANES << 2)
  once = reserve(ROW)
  twice = reserve(ROW)
  const pages = <i32>((free + 0xffff) >>> 16)
  if (pages > memory.size()) memory.grow(pages - memory.size())
}

/** Country of node 0 (−1 free), trade costs from 1 to 0 and from 0 to 1, shipping of the final good from 0 and from 1. */
export function settings(market: i32, oneToZero: f64, zeroToOne: f64, fromZero: f64, fromOne: f64): void {
  destination = market
  toZero = oneToZero
  toOne = zeroToOne
  shippingZero = fromZero
  shippingOne = fromOne
}

/** Follows the firms in the first lanes from τ = 0 up. */
export function follow(lanes: i32): void {
  memory.fill(counts, 0, LANES << 2)
  memory.fill(waitingCount, 0, LANES << 2)
  memory.fill(once, 0, ROW)
  memory.fill(twice, 0, ROW)
  fillTaus(FAR)
  evaluate()
  memory.copy(final, found, LANES * ALLOCATION)
  fillTaus(0)
  evaluate()
  memory.copy(here, found, LANES * ALLOCATION)
  let active: i32 = 0
  for (let lane = 0; lane < lanes; lane++) if (propose(<usize>lane)) active |= 1 << lane
  while (active != 0) {
    evaluate()
    for (let rest = active; rest != 0; rest &= rest - 1) {
      const lane = ctz<i32>(rest)
      advance(<usize>lane)
      if (!propose(<usize>lane)) active &= ~(1 << lane)
    }
  }
  for (let lane: usize = 0; lane < <usize>lanes; lane++) {
    const word = load<u64>(twice + (lane << 3))
    for (let v: usize = 0; v < nodes; v++) store<u8>(returned + lane * nodes + v, <u8>((word >>> v) & 1))
  }
}

/** The known allocation next above the one the firm is at. */
@inline
function nextAbove(lane: usize): usize {
  const count = load<i32>(waitingCount + (lane << 2))
  return count > 0 ? waiting + (lane * <usize>DEPTH + <usize>(count - 1)) * ALLOCATION : final + lane * ALLOCATION
}

/** Sets the τ at which the firm's allocation and the next above cost the same; false when the path is at its end. */
function propose(lane: usize): bool {
  const current = here + lane * ALLOCATION
  const next = nextAbove(lane)
  const saved = load<f64>(current, 8) - load<f64>(next, 8)
  if (!(saved > 0)) return false
  store<f64>(taus + (lane << 3), (load<f64>(next) - load<f64>(current)) / saved)
  return true
}

/** Takes in what was found at the proposed τ: an allocation in between, which has to wait, or a breakpoint. */
function advance(lane: usize): void {
  const current = here + lane * ALLOCATION
  const next = nextAbove(lane)
  const between = found + lane * ALLOCATION
  const quantity = load<f64>(between, 8)
  const count = load<i32>(waitingCount + (lane << 2))
  if (quantity < load<f64>(current, 8) && quantity > load<f64>(next, 8)) {
    const place = min(count, DEPTH - 1)
    memory.copy(waiting + (lane * <usize>DEPTH + <usize>place) * ALLOCATION, between, ALLOCATION)
    store<i32>(waitingCount + (lane << 2), place + 1)
    return
  }
  const passed = load<i32>(counts + (lane << 2))
  store<f64>(breakpoints + ((lane * MOST_BREAKPOINTS + <usize>passed) << 3), load<f64>(taus + (lane << 3)))
  store<i32>(counts + (lane << 2), passed + 1)
  const moved = load<u64>(current, 16) ^ load<u64>(next, 16)
  const before = load<u64>(once + (lane << 3))
  store<u64>(twice + (lane << 3), load<u64>(twice + (lane << 3)) | (before & moved))
  store<u64>(once + (lane << 3), before | moved)
  memory.copy(current, next, ALLOCATION)
  if (count > 0) store<i32>(waitingCount + (lane << 2), count - 1)
}

function fillTaus(tau: f64): void {
  for (let q: usize = 0; q < ROW; q += 16) v128.store(taus + q, f64x2.splat(tau))
}

/** Finds every firm's best allocation at its τ. */
function evaluate(): void {
  upstream()
  downstream()
  for (let lane: usize = 0; lane < LANES; lane++) {
    const quantity = <f64>load<u8>(shipments + lane) * toZero + <f64>load<u8>(shipments + LANES + lane) * toOne
    const inOne = (<i32>load<u8>(location) >>> <i32>lane) & 1
    const at = found + lane * ALLOCATION
    store<f64>(at, load<f64>(costs + (lane << 3)) - load<f64>(taus + (lane << 3)) * quantity)
    store<f64>(at, quantity + (inOne ? shippingOne : shippingZero), 8)
  }
  for (let v: usize = 0; v < nodes; v += 8) {
    const words = turned(load<u64>(location + v))
    for (let lane: usize = 0; lane < LANES; lane++) store<u8>(found + lane * ALLOCATION + 16 + (v >>> 3), <u8>(words >>> (lane << 3)))
  }
}

/** Rows and columns of eight by eight bits exchanged. */
function turned(bits: u64): u64 {
  let swapped = (bits ^ (bits >>> 7)) & 0x00aa00aa00aa00aa
  bits ^= swapped ^ (swapped << 7)
  swapped = (bits ^ (bits >>> 14)) & 0x0000cccc0000cccc
  bits ^= swapped ^ (swapped << 14)
  swapped = (bits ^ (bits >>> 28)) & 0x00000000f0f0f0f0
  return bits ^ swapped ^ (swapped << 28)
}

/** Masks of eight doubles as eight 16-bit masks. */
@inline
function narrow(m0: v128, m1: v128, m2: v128, m3: v128): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shuffle(m0, m1, 0, 2, 4, 6), i32x4.shuffle(m2, m3, 0, 2, 4, 6))
}

/** τ times a slope, of two firms. */
@inline
function bound(offset: usize, slope: v128): v128 {
  return f64x2.mul(v128.load(taus + offset), slope)
}

/** From the parts to the final good, as in `twoCountries.ts`; the cost is that of making the final good, before its own shipping. */
function upstream(): void {
  const zero = f64x2.splat(0)
  const lowSlope = f64x2.splat(-toZero)
  const highSlope = f64x2.splat(toOne)
  const low0 = bound(0, lowSlope)
  const low1 = bound(16, lowSlope)
  const low2 = bound(32, lowSlope)
  const low3 = bound(48, lowSlope)
  let cost0 = v128.load(base)
  let cost1 = v128.load(base, 16)
  let cost2 = v128.load(base, 32)
  let cost3 = v128.load(base, 48)
  let d0: v128
  let d1: v128
  let d2: v128
  let d3: v128
  for (let v = nodes - 1; ; v--) {
    const row = gaps + v * ROW
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
    const high0 = bound(0, highSlope)
    const high1 = bound(16, highSlope)
    const high2 = bound(32, highSlope)
    const high3 = bound(48, highSlope)
    cost0 = f64x2.add(cost0, f64x2.pmin(zero, f64x2.sub(d0, low0)))
    cost1 = f64x2.add(cost1, f64x2.pmin(zero, f64x2.sub(d1, low1)))
    cost2 = f64x2.add(cost2, f64x2.pmin(zero, f64x2.sub(d2, low2)))
    cost3 = f64x2.add(cost3, f64x2.pmin(zero, f64x2.sub(d3, low3)))
    const isBelow = narrow(f64x2.lt(d0, low0), f64x2.lt(d1, low1), f64x2.lt(d2, low2), f64x2.lt(d3, low3))
    const isAbove = narrow(f64x2.gt(d0, high0), f64x2.gt(d1, high1), f64x2.gt(d2, high2), f64x2.gt(d3, high3))
    const mask = i8x16.bitmask(i8x16.narrow_i16x8_s(isBelow, isAbove))
    store<u8>(below + v, mask)
    store<u8>(above + v, mask >>> 8)
    const own = clipped + v * ROW
    v128.store(own, f64x2.pmax(low0, f64x2.pmin(high0, d0)))
    v128.store(own, f64x2.pmax(low1, f64x2.pmin(high1, d1)), 16)
    v128.store(own, f64x2.pmax(low2, f64x2.pmin(high2, d2)), 32)
    v128.store(own, f64x2.pmax(low3, f64x2.pmin(high3, d3)), 48)
  }
  const shipping = f64x2.splat(shippingOne - shippingZero)
  const one0 = inOne(d0, bound(0, shipping))
  const one1 = inOne(d1, bound(16, shipping))
  const one2 = inOne(d2, bound(32, shipping))
  const one3 = inOne(d3, bound(48, shipping))
  const isOne = narrow(one0, one1, one2, one3)
  store<u8>(location, i8x16.bitmask(i8x16.narrow_i16x8_s(isOne, isOne)))
  v128.store(costs, f64x2.add(cost0, v128.and(one0, d0)))
  v128.store(costs, f64x2.add(cost1, v128.and(one1, d1)), 16)
  v128.store(costs, f64x2.add(cost2, v128.and(one2, d2)), 32)
  v128.store(costs, f64x2.add(cost3, v128.and(one3, d3)), 48)
}

/** Mask of two firms that make the final good in country 1. */
@inline
function inOne(difference: v128, shipping: v128): v128 {
  return destination < 0 ? f64x2.lt(f64x2.add(difference, shipping), f64x2.splat(0)) : i64x2.splat(<i64>-destination)
}

/** From the final good to the parts: locations, and by firm how many parts go from 1 to 0 (first eight bytes) and from 0 to 1. */
function downstream(): void {
  const bits = i64x2.splat(<i64>0x8040201008040201)
  let counted = i8x16.splat(0)
  for (let v: usize = 1; v < nodes; v++) {
    const user: i32 = load<u8>(location + <usize>load<i32>(parents + (v << 2)))
    const made = <i32>load<u8>(below + v) | (~<i32>load<u8>(above + v) & user)
    store<u8>(location + v, made)
    const shipped = i64x2.replace_lane(i8x16.splat(<i8>(made & ~user)), 1, i64x2.extract_lane(i8x16.splat(<i8>(user & ~made)), 0))
    counted = i8x16.sub(counted, i8x16.eq(v128.and(shipped, bits), bits))
  }
  v128.store(shipments, counted)
}
