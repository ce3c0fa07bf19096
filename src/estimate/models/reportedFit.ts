/** What every fit says in the same way, whatever its likelihood: an estimator adds its kind, its convergence and its detail. */
import { multiply } from '../../numerics/linearAlgebra.js'
import type { Design, Fit, ScoreData, Vcov } from '../records.js'
import type { ModelOptions } from './options.js'

type ReportedParts = Pick<Fit, 'terms' | 'coefficients' | 'vcov' | 'scores' | 'sample' | 'collinear' | 'notes' | 'levels'>

/**
 * The parts of a fit on a design that went through `dropCollinear`.
 *
 * @param parameters coefficients of the working columns, one a term; the fit has those of the reported columns
 */
export function reportedFit(design: Design, parameters: Float64Array, vcov: Vcov, scores: ScoreData, { scores: keep = 'keep' }: ModelOptions): ReportedParts {
  const k = design.terms.length
  return {
    terms: design.terms,
    coefficients: multiply(design.basis!.transform, parameters, k, k, 1),
    vcov,
    ...(keep === 'drop' ? {} : { scores }),
    sample: design.sample,
    collinear: design.collinear,
    notes: [...design.notes, ...vcov.notes],
    levels: design.levels,
  }
}
