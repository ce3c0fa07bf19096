/** Complementary log-log models against R glm (fixtures/reference/survival/cloglog.R). */
import { describe, it } from 'vitest'
import { parseFormula } from '../../src/estimate/formula/parse.js'
import { cloglog } from '../../src/estimate/models/cloglog.js'
import { cluster } from '../../src/estimate/vcov/cluster.js'
import { robust } from '../../src/estimate/vcov/heteroskedastic.js'
import { withVcov } from '../../src/estimate/vcov/withVcov.js'
import { caseTable, expectClose, readReference } from './survivalTables.js'

/** Both sides take Newton steps to the end. */
const relative = 1e-9
/** R's glm itself stops when the deviance does; its covariance is one iteration older. */
const glm = 1e-6

interface Case {
  readonly name: string
  readonly formula: string
  readonly cluster: string | null
  readonly weights: string | null
  readonly coefficients: number[]
  readonly logLikelihood: number
  readonly expected: number[][]
  readonly glmCoefficients: number[]
  readonly glm: number[][]
  readonly observed: number[][]
  readonly robust: number[][]
  readonly robustExpected: number[][]
  readonly clustered: number[][]
}

describe.each(readReference<{ cases: Case[] }>('cloglog.json').cases)('cloglog, $name', (wanted) => {
  const table = caseTable(wanted.name)
  const test = it.skipIf(table === undefined)
  const fitted = (information: 'observed' | 'expected') => cloglog({ ...parseFormula(wanted.formula), weights: wanted.weights ?? undefined }, table!, { information })

  test('has the coefficients and log-likelihood of glm', () => {
    const fit = fitted('observed')
    expectClose(fit.coefficients, wanted.coefficients, relative)
    expectClose(fit.coefficients, wanted.glmCoefficients, glm)
    expectClose([fit.logLikelihood!], [wanted.logLikelihood], relative)
  })

  test('has the observed information, or the expected one on request', () => {
    expectClose(fitted('observed').vcov.matrix, wanted.observed.flat(), relative)
    const { matrix } = fitted('expected').vcov
    expectClose(matrix, wanted.expected.flat(), relative)
    expectClose(matrix, wanted.glm.flat(), glm)
  })

  test('has robust and clustered covariances with either bread', () => {
    const fit = fitted('observed')
    expectClose(withVcov(fit, robust(), table!).vcov.matrix, wanted.robust.flat(), relative)
    expectClose(withVcov(fitted('expected'), robust(), table!).vcov.matrix, wanted.robustExpected.flat(), relative)
    if (wanted.cluster !== null) expectClose(withVcov(fit, cluster(wanted.cluster, { smallSample: 'none' }), table!).vcov.matrix, wanted.clustered.flat(), relative)
  })
})
