/** Fixed records like those of the Italian pipeline, for tests of tables, figures and pages. Numbers are made up. */
import type { ModelColumn } from '../../src/report/records.js'
import type { SampleInfo, TidyRow } from '../../src/estimate/records.js'

function row(term: string, estimate: number, stdError: number, pValue: number): TidyRow {
  return {
    term,
    estimate,
    stdError,
    statistic: estimate / stdError,
    pValue,
    conf: [estimate - 1.959964 * stdError, estimate + 1.959964 * stdError],
  }
}

const sample: SampleInfo = {
  read: 13_842,
  used: 11_562,
  groups: 1_987,
  dropped: [
    { reason: 'first year of a firm: no lag', rows: 1_987 },
    { reason: 'missing value_added', rows: 214 },
    { reason: 'lag from a gap year', rows: 79 },
  ],
}
const separation = { kind: 'convention' as const, text: 'Small-sample factor G/(G−1)·(n−1)/(n−k), as fixest.' }
const clustered = { label: 'clustered by firm', clusters: [{ name: 'firm', count: 1_987 }] }

export const models: readonly ModelColumn[] = [
  {
    name: '(1)',
    outcome: 'Offshoring',
    model: 'Logit',
    ratio: 'odds',
    vcov: clustered,
    sample,
    logLikelihood: -1_204.52,
    notes: [separation],
    statistics: [{ label: 'Pseudo R²', value: 0.4127, format: { decimals: 3 } }],
    terms: [
      row('(Intercept)', -4.8213, 0.2141, 0),
      row('offshoring_lag', 4.3872, 0.1034, 0),
      row('export_share', -0.0194, 0.0501, 0.6986),
      row('log(employees)', 0.3121, 0.0625, 5.9e-7),
      row('value_added', 0.00112, 0.00031, 3.0e-4),
      row('neighbours_lag', 0.0181, 0.0079, 0.022),
      row('year::2008', 0.112, 0.098, 0.253),
      row('year::2009', -0.231, 0.102, 0.0236),
    ],
  },
  {
    name: '(2)',
    outcome: 'Offshoring',
    model: 'Probit',
    vcov: clustered,
    sample,
    logLikelihood: -1_198.04,
    notes: [separation],
    statistics: [{ label: 'Pseudo R²', value: 0.4159, format: { decimals: 3 } }],
    terms: [
      row('(Intercept)', -2.4981, 0.1042, 0),
      row('offshoring_lag', 2.5311, 0.0522, 0),
      row('export_share', -0.0091, 0.0252, 0.718),
      row('log(employees)', 0.1542, 0.0312, 7.7e-7),
      row('value_added', 0.00058, 0.00016, 2.9e-4),
      row('neighbours_lag', 0.0092, 0.0041, 0.0248),
      row('year::2008', 0.061, 0.05, 0.222),
      row('year::2009', -0.114, 0.052, 0.0283),
    ],
  },
  {
    name: '(3)',
    outcome: 'Backshoring',
    model: 'Cox (Efron)',
    ratio: 'hazard',
    vcov: { label: 'clustered by firm', clusters: [{ name: 'firm', count: 214 }] },
    sample: { read: 655, used: 641, groups: 214, dropped: [{ reason: 'spell began before the first wave', rows: 14 }] },
    logLikelihood: -402.11,
    notes: [{ kind: 'convention', text: 'Ties by Efron; rows at risk on (start, stop].' }],
    statistics: [{ label: 'Events', value: 131, format: 'integer', count: true }],
    terms: [
      row('export_share', 0.0008, 0.0021, 0.703),
      row('log(employees)', -0.1872, 0.0711, 0.0085),
      row('neighbours_lag', -0.0061, 0.0025, 0.0147),
      row('foreign_share', -0.0192, 0.0031, 5.9e-10),
    ],
  },
]
