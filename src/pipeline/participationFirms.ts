/** Entry and exit under scenarios over joint draws, on all processors: ranges of draws through a worker pool. */
import { participationChanges, type DrawOutcome, type ParticipationChanges, type ParticipationExperiment } from '../counterfactual/index.js'
import { ReshoreError } from '../errors.js'
import { builtModule, rangePool } from '../parallel/index.js'
import type { BulkOptions } from './treeFirms.js'

/** Ranges a worker takes one after another, so that none waits long for the last. */
const callsPerWorker = 6

/**
 * One record a scenario over draws 0 … draws − 1; the same bits for any number of workers. `onProgress` is told the draws done.
 *
 * @throws UsageError (exit code 2) unless `draws` is a whole number above zero
 * @example const [changes] = await participationOverDraws({ input, scenarios: [{ name: 'no spillover', spillover: 0 }] }, 200, { workers: 2 })
 */
export async function participationOverDraws(experiment: ParticipationExperiment, draws: number, { workers, pool, onProgress }: BulkOptions = {}): Promise<ParticipationChanges[]> {
  if (!Number.isInteger(draws) || draws < 1) throw new ReshoreError('UsageError', `${draws} draws`, 'Give a whole number of at least 1.', 2)
  const module = builtModule('../counterfactual/participationDraws.js', import.meta.url)
  const running = pool ?? rangePool(workers)
  try {
    const part = Math.ceil(draws / (running.workers * callsPerWorker))
    const parts = await running.map<ParticipationExperiment, DrawOutcome[]>({ module, name: 'experimentOutcomes', settings: experiment }, { from: 0, to: draws, part, onProgress })
    return participationChanges(parts.flat(), experiment.scenarios)
  } finally {
    if (pool === undefined) await running.close()
  }
}
