/** Tree experiments over many firms on all processors: the ranges of `simulateTrees` and `tauPaths` through a worker pool. */
import { ReshoreError } from '../errors.js'
import { builtModule, rangePool, type RangePool } from '../parallel/index.js'
import { firmsPerChunk, mergePaths, mergeTallies, type PathTally, type TreeExperiment, type TreeTally } from '../sourcing/index.js'

export interface BulkOptions {
  /** Worker threads; as many as processors when left out. One stays in the calling thread. */
  readonly workers?: number
  /** A pool to use and leave open instead. */
  readonly pool?: RangePool
  readonly onProgress?: (firms: number) => void
}

/** Chunks a worker takes at a time: enough to outweigh the start of a call, few enough to keep all workers busy to the end. */
const chunksPerCall = { most: 16, callsPerWorker: 4 }

/**
 * The tally of an experiment over firms 0 … firms − 1; the same bits for any number of workers.
 *
 * @example const tally = await simulateFirms(experiment, 10_000_000, { workers: 2 })
 */
export async function simulateFirms(experiment: TreeExperiment, firms: number, options: BulkOptions = {}): Promise<TreeTally> {
  const parts = await overFirms<TreeTally>('simulate', 'simulateTrees', experiment, firms, options)
  return parts.reduce(mergeTallies)
}

/** Reshoring on exact τ-paths over firms 0 … firms − 1; the same counts for any number of workers. */
export async function reshoringOfFirms(experiment: TreeExperiment, firms: number, options: BulkOptions = {}): Promise<PathTally> {
  const parts = await overFirms<PathTally>('twoCountryPaths', 'tallyPaths', experiment, firms, options)
  return parts.reduce(mergePaths)
}

async function overFirms<Result>(file: string, name: string, settings: TreeExperiment, firms: number, { workers, pool, onProgress }: BulkOptions): Promise<Result[]> {
  if (!Number.isInteger(firms) || firms < 1) throw new ReshoreError('UsageError', `${firms} firms`, 'Give a whole number of at least 1.', 2)
  const module = builtModule(`../sourcing/tree/${file}.js`, import.meta.url)
  const running = pool ?? rangePool(workers)
  const chunks = Math.floor(firms / (firmsPerChunk * running.workers * chunksPerCall.callsPerWorker))
  const part = firmsPerChunk * Math.min(Math.max(chunks, 1), chunksPerCall.most)
  try {
    return await running.map<TreeExperiment, Result>({ module, name, settings }, { from: 0, to: firms, part, onProgress })
  } finally {
    if (pool === undefined) await running.close()
  }
}
