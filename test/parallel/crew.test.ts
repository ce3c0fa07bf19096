/** Threads that help through chunks, which load the built package: `npm run build` comes first. */
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openCrew, startCrew, usefulThreads } from '../../src/parallel/index.js'

const chunks = 40
const module = `data:text/javascript,${encodeURIComponent(`
  export const powers = ({ base, out, by }, thread) => (chunk) => { out[chunk] = base[0] ** chunk; by[chunk] = thread; for (const until = performance.now() + 2; performance.now() < until;); }
  export const failing = () => () => { throw new Error('no') }
`)}`
const shared = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length))

describe('a crew', () => {
  it.each([1, 2, 3])('does every chunk of every run once %i threads', async (threads) => {
    const settings = { base: shared(1), out: shared(chunks), by: shared(chunks) }
    const own = (chunk: number): void => {
      settings.out[chunk] = settings.base[0]! ** chunk
      for (const until = performance.now() + 2; performance.now() < until;);
    }
    const crew = startCrew({ module, name: 'powers', settings, chunks }, own, threads)
    const helped: boolean[] = []
    for (let run = 1; run <= 8; run++) {
      settings.base[0] = run
      settings.out.fill(NaN)
      crew.run()
      expect(Array.from(settings.out)).toEqual(Array.from({ length: chunks }, (_, chunk) => run ** chunk))
      helped.push(settings.by.some((thread) => thread > 0))
    }
    crew.close()
    expect(helped.at(-1)).toBe(threads > 1)
  })

  it('does the work itself where a helper fails', () => {
    let count = 0
    const crew = startCrew({ module, name: 'failing', settings: {}, chunks }, () => {
      count++
      for (const until = performance.now() + 2; performance.now() < until;);
    }, 2)
    for (let run = 1; run <= 8; run++) {
      count = 0
      crew.run()
      expect(count).toBeGreaterThanOrEqual(chunks)
    }
    crew.close()
  })

  it('begins without the caller, who ends what the helpers have left', async () => {
    const settings = { base: shared(1).fill(2), out: shared(chunks), by: shared(chunks) }
    let own = 0
    const crew = openCrew<typeof settings>({ module, name: 'powers', chunks }, 2)
    crew.assign(settings, (chunk) => {
      own++
      settings.out[chunk] = 2 ** chunk
      settings.by[chunk] = 0
    })
    await setTimeout(1500)
    crew.begin()
    await setTimeout(500)
    expect(own).toBe(0)
    expect(settings.by.every((thread) => thread === 1)).toBe(true)
    crew.run()
    expect(own).toBe(0)
    expect(Array.from(settings.out)).toEqual(Array.from({ length: chunks }, (_, chunk) => 2 ** chunk))
    crew.run()
    crew.close()
    expect(own).toBeGreaterThan(0)
  })

  it('passes on what the caller throws', () => {
    const crew = startCrew({ module, name: 'failing', settings: {}, chunks }, () => {
      throw new RangeError('mine')
    }, 1)
    expect(() => crew.run()).toThrow('mine')
  })

  it('refuses a number of threads that is none', () => {
    expect(() => startCrew({ module, name: 'failing', settings: {}, chunks }, () => {}, 0)).toThrow(/0 threads/)
    expect(usefulThreads(0.1)).toBe(1)
  })
})
