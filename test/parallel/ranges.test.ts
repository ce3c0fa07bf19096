/** Range work on threads, which load the built package: `npm run build` comes first. */
import { describe, expect, it } from 'vitest'
import { isReshoreError } from '../../src/errors.js'
import { builtModule, rangePool } from '../../src/parallel/index.js'
import { reshoringOfFirms, simulateFirms } from '../../src/pipeline/treeFirms.js'
import { simulateTrees, tallyPaths, type TreeExperiment } from '../../src/sourcing/tree/index.js'

const experiment: TreeExperiment = {
  tree: { order: 2, length: 3 }, countries: 2, form: 'specific', destination: null,
  draws: { seed: 5, shape: 4.12, reading: 'cost' }, taus: [0, 0.2, 1], relations: ['parent'],
}
const firms = 140_001
const simulate = builtModule('../../src/sourcing/tree/simulate.js', import.meta.url)

describe('range pool', () => {
  it('gives the same bits for any number of workers', async () => {
    const alone = simulateTrees(experiment, 0, firms)
    const paths = tallyPaths(experiment, 0, firms)
    for (const workers of [1, 2, 3]) {
      expect(await simulateFirms(experiment, firms, { workers })).toEqual(alone)
      expect(await reshoringOfFirms(experiment, firms, { workers })).toEqual(paths)
    }
  })

  it.each([1, 2])('returns parts in order, cut at multiples, and reports progress with %i workers', async (workers) => {
    await using pool = rangePool(workers)
    const seen: number[] = []
    const parts = await pool.map<TreeExperiment, { firms: number }>(
      { module: simulate, name: 'simulateTrees', settings: experiment }, { from: 5, to: 47, part: 10, onProgress: (done) => seen.push(done) },
    )
    expect(parts.map((part) => part.firms)).toEqual([5, 10, 10, 10, 7])
    expect(seen.at(-1)).toBe(42)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  it.each([1, 2])('passes a failure of ours on whole with %i workers', async (workers) => {
    const failing = simulateFirms({ ...experiment, countries: 0 }, 10, { workers })
    const error = await failing.then(() => undefined, (reason: unknown) => reason)
    expect(isReshoreError(error)).toBe(true)
    expect(error).toMatchObject({ name: 'ProblemError', exitCode: 2, message: expect.stringContaining('countries') as string })
  })

  it('lets workers write to shared arrays, each in its own part', async () => {
    await using pool = rangePool(2)
    const shared = new Int32Array(new SharedArrayBuffer(4 * 100))
    const module = `data:text/javascript,${encodeURIComponent('export const fill = (array, from, to) => { for (let i = from; i < to; i++) array[i] = i * i }')}`
    await pool.map({ module, name: 'fill', settings: shared }, { from: 0, to: 100, part: 7 })
    expect(Array.from(shared)).toEqual(Array.from({ length: 100 }, (_, i) => i * i))
  })

  it('refuses a number of workers or firms that is none', async () => {
    expect(() => rangePool(0)).toThrow(/0 workers/)
    await expect(simulateFirms(experiment, 0)).rejects.toThrow(/0 firms/)
  })
})
