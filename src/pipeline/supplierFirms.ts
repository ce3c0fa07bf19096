/** Supplier sets under scenarios over joint draws, on all processors: ranges of draws through a worker pool. */
import { supplierChanges, type SupplierChanges, type SupplierDraw, type SupplierExperiment } from '../counterfactual/index.js'
import { ReshoreError } from '../errors.js'
import { builtModule, rangePool } from '../parallel/index.js'
import type { BulkOptions } from './treeFirms.js'

/** Ranges a worker takes one after another, so that none waits long for the last. */
const callsPerWorker = 4

/**
 * One record a scenario over draws 0 … draws − 1; the same bits for any number of workers. `onProgress` is told the draws done.
 *
 * @throws UsageError (exit code 2) unless `draws` is a whole number above zero
 * @example const [changes] = await suppliersOverDraws(experiment, 200, { workers: 2 })
 */
export async function suppliersOverDraws(experiment: SupplierExperiment, draws: number, { workers, pool, onProgress }: BulkOptions = {}): Promise<SupplierChanges[]> {
  if (!Number.isInteger(draws) || draws < 1) throw new ReshoreError('UsageError', `${draws} draws`, 'Give a whole number of at least 1.', 2)
  const module = builtModule('../counterfactual/supplierDraws.js', import.meta.url)
  const running = pool ?? rangePool(workers)
  try {
    const part = Math.ceil(draws / (running.workers * callsPerWorker))
    const parts = await running.map<SupplierExperiment, SupplierDraw[]>({ module, name: 'supplierOutcomes', settings: experiment }, { from: 0, to: draws, part, onProgress })
    return supplierChanges(parts.flat(), experiment.scenarios, experiment.sample.weight)
  } finally {
    if (pool === undefined) await running.close()
  }
}
