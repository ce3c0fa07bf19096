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
  const rows = (fit: Fit, terms: Readonly<Record<string, string>>, values: Readonly<Record<string, unknown>>) => {
    const found = new Map(tidy(fit).map((row) => [row.term, row]))
    return Object.entries(terms).flatMap(([parameter, term]) => {
      const row = found.get(term)
      const value = values[parameter]
      if (row === undefined || typeof value !== 'number') return []
      const [low, high] = row.conf
      return [{ parameter: labels[term] ?? term, planted: value, estimate: row.estimate, low, high, covered: low <= value && value <= high }]
    })
  }
  const number = { decimals: 4 } as const
  const table = (id: string, title: string, data: ReturnType<typeof rows>, note: string): TableModel => dataTable(id, title, data, {
    columns: [{ key: 'parameter', label: 'Parameter', role: 'label' }, { key: 'planted', label: 'Planted', format: number }, { key: 'estimate', label: 'Estimated', format: number },
      { key: 'low', label: '95 % from', format: number }, { key: 'high', label: 'to', format: number }, { key: 'covered', label: 'Inside' }],
    notes: [note],
  })
  return {
    entry: table('planted-entry', 'Planted against estimated: the decision', rows(entry, planted!.entry, truth.outcome),
      'The random-effects probit is the model that made the data; the pooled models are on another scale and carry the firm effect in the lag.'),
    exit: table('planted-exit', 'Planted against estimated: the return', rows(exit, planted!.exit, truth.exit),
      'Log hazard ratios. They are planted given the firm effect; a hazard model without one sees about nine tenths of them.'),
  }
}
