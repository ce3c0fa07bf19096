/** What it costs to start and to stay: the identified sum, the line of admissible splits, and one case in money. */
import { dataTable, type EntryExitCosts, type PageSection, type TableModel } from 'reshore'
import type { Calibration } from '../costs.js'
import type { AnyStudy } from '../study.js'

interface Route {
  readonly name: string
  readonly costs: EntryExitCosts
}

const number = { decimals: 3 } as const
const interval = (format: { readonly decimals: number } | { readonly significant: number }) => [
  { key: 'low', label: '95 % from', format },
  { key: 'high', label: 'to', format },
]

export function costSection({ words: { currency } }: AnyStudy, { fromStateDependence, fromHazard, money }: Calibration): PageSection {
  const routes = [
    { name: 'Pooled logit: state dependence', costs: fromStateDependence },
    { name: 'Entry logit and exit hazard', costs: fromHazard },
  ]
  const text = `${fromStateDependence.notes.join(' ')} Costs are in units of κ, the scale of the yearly shock.`
  return {
    id: 'costs',
    title: 'What it costs to start and to stay',
    blocks: [{ kind: 'prose', text }, sumTable(routes), lineTable(routes), moneyTable(currency, money)],
  }
}

function sumTable(routes: readonly Route[]): TableModel {
  const rows = routes.map(({ name, costs: { entryProbability: entry, exitHazard: hazard, sunkPlusExit } }) => {
    const [low, high] = sunkPlusExit.interval
    return { name, entry, hazard, sum: sunkPlusExit.value, low, high }
  })
  return dataTable('sunk-costs', 'Sunk plus exit cost, in units of κ', rows, {
    columns: [
      { key: 'name', label: 'Route', role: 'label' },
      { key: 'entry', label: 'Entry probability', format: number },
      { key: 'hazard', label: 'Exit hazard', format: number },
      { key: 'sum', label: '(s + x)/κ', format: number },
      ...interval(number),
    ],
  })
}

function lineTable(routes: readonly Route[]): TableModel {
  const rows = routes.flatMap(({ name, costs }) =>
    costs.line.map(({ label, exit, sunk, netFixed }) => {
      const [low, high] = sunk.interval
      return { name, label, exit: exit.value, sunk: sunk.value, low, high, netFixed: netFixed.value }
    }),
  )
  return dataTable('identified-line', 'The identified line: one row is one admissible split', rows, {
    columns: [
      { key: 'name', label: 'Route', role: 'label' },
      { key: 'label', label: 'Case' },
      { key: 'exit', label: 'x/κ', format: number },
      { key: 'sunk', label: 's/κ', format: number },
      ...interval(number),
      { key: 'netFixed', label: '(f − π)/κ', format: number },
    ],
  })
}

function moneyTable(currency: string, { gain, scale, sunk, fixed }: Calibration['money']): TableModel {
  const rows = [
    { what: 'yearly gain π', value: gain, low: null, high: null },
    { what: 'scale of the yearly shock κ', value: scale, low: null, high: null },
    { what: 'sunk cost s', value: sunk.value, low: sunk.interval[0], high: sunk.interval[1] },
    { what: 'fixed cost f, a year', value: fixed.value, low: fixed.interval[0], high: fixed.interval[1] },
  ]
  const format = { significant: 4 } as const
  return dataTable('money', `In ${currency}, without exit cost`, rows, {
    columns: [{ key: 'what', label: '', role: 'label' }, { key: 'value', label: currency, format }, ...interval(format)],
    notes: ['Gain and scale rest on the assumed saving rate and shock size; the intervals are those of the estimates alone.'],
  })
}
