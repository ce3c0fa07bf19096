/** Scenarios over joint draws of estimates, on all processors: ranges of draws through a worker pool. */
import {
  participationChanges, supplierChanges,
  type DrawOutcome, type ParticipationChanges, type ParticipationExperiment, type SupplierChanges, type SupplierDraw, type SupplierExperiment,
} from '../counterfactual/index.js'
import { ReshoreError } from '../errors.js'
import { builtModule, rangePool } from '../parallel/index.js'
import type { BulkOptions } from './treeFirms.js'

/**
 * Entry and exit: one record a scenario over draws 0 … draws − 1; the same bits for any number of workers. `onProgress` is told the draws done.
 *
 * @throws UsageError (exit code 2) unless `draws` is a whole number above zero
 * @example const [changes] = await participationOverDraws({ input, scenarios: [{ name: 'no spillover', spillover: 0 }] }, 200, { workers: 2 })
 */
export async function participationOverDraws(experiment: ParticipationExperiment, draws: number, options: BulkOptions = {}): Promise<ParticipationChanges[]> {
  const task = { module: builtModule('../counterfactual/participationDraws.js', import.meta.url), name: 'experimentOutcomes', settings: experiment, callsPerWorker: 6 }
  return participationChanges(await overDraws<ParticipationExperiment, DrawOutcome>(task, draws, options), experiment.scenarios)
}

/**
 * Supplier sets: one record a scenario over draws 0 … draws − 1; the same bits for any number of workers. `onProgress` is told the draws done.
 *
 * @throws UsageError (exit code 2) unless `draws` is a whole number above zero
 * @example const [changes] = await suppliersOverDraws(experiment, 200, { workers: 2 })
 */
export async function suppliersOverDraws(experiment: SupplierExperiment, draws: number, options: BulkOptions = {}): Promise<SupplierChanges[]> {
  const task = { module: builtModule('../counterfactual/supplierDraws.js', import.meta.url), name: 'supplierOutcomes', settings: experiment, callsPerWorker: 4 }
  return supplierChanges(await overDraws<SupplierExperiment, SupplierDraw>(task, draws, options), experiment.scenarios, experiment.sample.weight)
}

/** A function `(settings, from, to) => outcomes` of a module that workers load. */
interface DrawTask<Settings> {
  readonly module: string
  readonly name: string
  readonly settings: Settings
  /** Ranges a worker takes one after another, so that none waits long for the last. */
  readonly callsPerWorker: number
}

async function overDraws<Settings, Outcome>({ callsPerWorker, ...task }: DrawTask<Settings>, draws: number, { workers, pool, onProgress }: BulkOptions): Promise<Outcome[]> {
  if (!Number.isInteger(draws) || draws < 1) throw new ReshoreError('UsageError', `${draws} draws`, 'Give a whole number of at least 1.', 2)
  const running = pool ?? rangePool(workers)
  try {
    const part = Math.ceil(draws / (running.workers * callsPerWorker))
    const parts = await running.map<Settings, Outcome[]>(task, { from: 0, to: draws, part, onProgress })
    return parts.flat()
  } finally {
    if (pool === undefined) await running.close()
  }
}
