/** Planted against estimated, where the data are synthetic and say what made them. */
import { dataTable, tidy, type Fit, type TableModel } from 'reshore'
import type { AnyStudy } from './study.js'

/** `truth.json` of `reshore simulate`, the parts read here. */
export interface Truth {
  readonly outcome: Readonly<Record<string, unknown>>
  readonly exit: Readonly<Record<string, number>>
}

export interface PlantedTables {
  readonly entry: TableModel
  readonly exit: TableModel
}

/** The tables of a study with planted parameters: each with its estimate, interval, and whether the interval covers it. */
export function plantedTables({ planted, labels }: AnyStudy, truth: Truth, entry: Fit, exit: Fit): PlantedTables {
  const decision = comparisons(entry, planted!.entry, truth.outcome, labels)
  const end = comparisons(exit, planted!.exit, truth.exit, labels)
  return {
    entry: table('planted-entry', 'Planted against estimated: the decision', decision, [
      'The random-effects probit is the model that made the data; the lag of a pooled model also carries the firm effect.',
    ]),
    exit: table('planted-exit', 'Planted against estimated: the return', end, [
      'Log hazard ratios, planted given the firm effect; a hazard model without one sees about nine tenths of them.',
    ]),
  }
}

interface Comparison {
  readonly parameter: string
  readonly planted: number
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly covered: boolean
}

/** Parameters whose term the fit has, by the names of the truth. */
function comparisons(
  fit: Fit,
  terms: Readonly<Record<string, string>>,
  values: Readonly<Record<string, unknown>>,
  labels: AnyStudy['labels'],
): readonly Comparison[] {
  const estimates = new Map(tidy(fit).map((row) => [row.term, row]))
  return Object.entries(terms).flatMap(([parameter, term]) => {
    const row = estimates.get(term)
    const planted = values[parameter]
    if (row === undefined || typeof planted !== 'number') return []
    const [low, high] = row.conf
    return [{ parameter: labels[term] ?? term, planted, estimate: row.estimate, low, high, covered: low <= planted && planted <= high }]
  })
}

function table(id: string, title: string, rows: readonly Comparison[], notes: readonly string[]): TableModel {
  const format = { decimals: 4 } as const
  return dataTable(id, title, rows.map((row) => ({ ...row })), {
    columns: [
      { key: 'parameter', label: 'Parameter', role: 'label' },
      { key: 'planted', label: 'Planted', format },
      { key: 'estimate', label: 'Estimated', format },
      { key: 'low', label: '95 % from', format },
      { key: 'high', label: 'to', format },
      { key: 'covered', label: 'Inside' },
    ],
    notes,
  })
}
