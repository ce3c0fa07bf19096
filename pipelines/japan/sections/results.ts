/** What the model claims and what is seen, and the elasticities that follow. */
import { dataTable, type PageSection } from 'reshore'
import type { IndustryElasticities } from '../calibration.js'
import type { Claim } from '../claims.js'

export function claimSection(claims: readonly Claim[]): PageSection {
  const number = { decimals: 4 } as const
  const known = claims.some(({ planted }) => planted !== null)
  return {
    id: 'predictions', title: 'Claims and verdicts',
    blocks: [
      {
        kind: 'prose',
        text: 'H1 to H9 are predictions of the sourcing model, `Paper` the signs of the published two-stage least squares. The magnitudes of the paper are not public; signs are all that can be compared. ' +
          'A claim holds where the sign is right and the 95 % interval leaves out zero, and is contradicted where the interval leaves out zero on the other side.',
      },
      dataTable('claims', 'Claim, estimate, verdict', claims.map((one) => ({ ...one, expected: one.sign === 1 ? '> 0' : '< 0' })), {
        units: 'rows', unitName: 'observations',
        columns: [
          { key: 'claim', label: 'Claim', role: 'label' }, { key: 'name', label: 'Of', align: 'left' }, { key: 'verdict', label: 'Verdict', align: 'left' },
          { key: 'expected', label: 'Expected', align: 'left' }, { key: 'estimate', label: 'Estimate', format: number }, { key: 'low', label: '95 % from', format: number },
          { key: 'high', label: 'to', format: number }, ...(known ? [{ key: 'planted', label: 'Planted', format: number }] : []),
          { key: 'equation', label: 'Equation', role: 'label' },
        ],
        notes: [
          'H6 and H9 depend on which effect dominates: the model allows either sign, and capped lists cut distant links of large buyers.',
          ...(known ? ['Planted values are shown where they are one number on the scale of the estimate; distance is the mean over input industries; productivity does not depend on distance in simulated links, as logistic noise in fixed costs does not select by it.'] : []),
        ],
      }),
    ],
  }
}

export function elasticitySection(elasticities: readonly IndustryElasticities[]): PageSection {
  const number = { decimals: 3 } as const
  const known = elasticities.some(({ planted }) => planted !== null)
  const valued = elasticities.some(({ potential }) => potential !== null)
  const plantedColumn = (key: string, label: string) => (known ? [{ key, label, format: number }] : [])
  return {
    id: 'implied', title: 'Elasticities',
    blocks: [
      {
        kind: 'prose',
        text: 'One logit of pairs an input industry: κ is one over the coefficient of ln size, η + ψ minus the coefficient of ln distance over it. ' +
          'Size is sales × the share of the input bought at home; with sales five years before stands beside. ' +
          (valued
            ? 'Values of links give the elasticity of potential η by Poisson within the buyer, given the sales of the supplier; that of fixed costs ψ is the rest.'
            : 'Without values of links only the sum of the elasticities of potential (η) and of fixed costs (ψ) to distance is identified: η lies anywhere from 0 to the sum.'),
      },
      dataTable('elasticities', 'Elasticities by input industry', elasticities.map(({ industry, kappa, distance, lagged, potential, fixed, exponent, links, planted }) => ({
        industry, links, lagged: lagged.value, potential: potential?.value, potentialError: potential?.stdError, fixed,
        plantedPotential: planted?.potential, plantedFixed: planted?.fixed, kappa: kappa.value, kappaError: kappa.stdError, distance: distance.value, distanceError: distance.stdError,
        covered: planted === null ? null : distance.low <= planted.distance && planted.distance <= distance.high,
        exponent: exponent?.value, exponentError: exponent?.stdError, plantedKappa: planted?.kappa, plantedDistance: planted?.distance, plantedExponent: planted?.exponent,
      })), {
        units: 'links', unitName: 'links',
        columns: [
          { key: 'industry', label: 'Input industry', role: 'label' }, { key: 'kappa', label: 'κ', format: number }, { key: 'kappaError', label: 's.e.', format: number },
          ...plantedColumn('plantedKappa', 'Planted'), { key: 'distance', label: 'η + ψ', format: number }, { key: 'distanceError', label: 's.e.', format: number },
          ...plantedColumn('plantedDistance', 'Planted'), ...(known ? [{ key: 'covered', label: 'In the 95 % interval' }] : []),
          { key: 'lagged', label: 'η + ψ, lagged size', format: number },
          ...(valued ? [{ key: 'potential', label: 'η, from values', format: number }, { key: 'potentialError', label: 's.e.', format: number }, ...plantedColumn('plantedPotential', 'Planted'),
            { key: 'fixed', label: 'ψ', format: number }, ...plantedColumn('plantedFixed', 'Planted')] : []),
          { key: 'exponent', label: 'e', format: number }, { key: 'exponentError', label: 's.e.', format: number }, ...plantedColumn('plantedExponent', 'Planted'),
          { key: 'links', label: 'Links', role: 'count', format: 'integer' },
        ],
      }),
    ],
  }
}
