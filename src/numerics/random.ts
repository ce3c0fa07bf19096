/**
 * Seeded random streams: one `seed`, one stream per task or replicate, so that results do not depend on how work is split.
 *
 * The generator is sfc32 (Doty-Humphrey's "small fast counting" generator, 128 bits of state, period above 2^64 in practice),
 * seeded by hashing the seed and the labels of the stream. Uniforms carry 53 bits. The normal is the polar method, the
 * others are inverse transforms.
 *
 * @example
 * const firm = randomStream(7, 'firm', 42)
 * const shock = firm.normal()
 */
export interface RandomStream {
  /** In (0, 1), never 0 or 1. */
  uniform(): number
  /** Integer in [0, bound). */
  integer(bound: number): number
  normal(): number
  /** Mean 1. */
  exponential(): number
  /** Standard logistic: mean 0, variance π²/3. */
  logistic(): number
  /** Efficiency with P(z ≤ x) = exp(−x^(−shape)). */
  frechet(shape: number): number
  poisson(mean: number): number
}

export type StreamLabel = string | number

/** A stream that depends on the seed and the labels only. */
export function randomStream(seed: number, ...labels: readonly StreamLabel[]): RandomStream {
  const bits = sfc32(hashLabels(seed, labels))
  let spare: number | undefined

  const uniform = (): number => ((bits() >>> 5) * 67108864 + (bits() >>> 6) + 0.5) / 9007199254740992

  function normal(): number {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    for (;;) {
      const u = 2 * uniform() - 1
      const v = 2 * uniform() - 1
      const s = u * u + v * v
      if (s >= 1 || s === 0) continue
      const factor = Math.sqrt((-2 * Math.log(s)) / s)
      spare = v * factor
      return u * factor
    }
  }

  /** Knuth's product for small means; a sum of independent parts for large ones. */
  function poisson(mean: number): number {
    let left = mean
    let count = 0
    while (left > 0) {
      const part = Math.min(left, 30)
      left -= part
      const limit = Math.exp(-part)
      for (let product = uniform(); product > limit; product *= uniform()) count++
    }
    return count
  }

  const exponential = (): number => -Math.log(uniform())
  return {
    uniform,
    integer: (bound) => Math.floor(uniform() * bound),
    normal,
    exponential,
    logistic: () => {
      const u = uniform()
      return Math.log(u / (1 - u))
    },
    frechet: (shape) => exponential() ** (-1 / shape),
    poisson,
  }
}

/** sfc32 over a 128-bit state; the first twelve outputs are thrown away, as its author advises. */
function sfc32(state: Uint32Array): () => number {
  let [a, b, c, d] = state as unknown as [number, number, number, number]
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

/** 128 bits from seed and labels: four FNV-1a lanes with different offsets, finished by a murmur3 mix. */
function hashLabels(seed: number, labels: readonly StreamLabel[]): Uint32Array {
  const text = [seed, ...labels].map((label) => `${typeof label}:${label}`).join('\u0000')
  const state = new Uint32Array(4)
  for (let lane = 0; lane < 4; lane++) {
    let hash = (0x811c9dc5 ^ Math.imul(lane + 1, 0x9e3779b1)) >>> 0
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    state[lane] = (hash ^ (hash >>> 16)) >>> 0
  }
  return state
}
