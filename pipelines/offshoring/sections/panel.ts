/** Who is in: the panel by year, by area and by destination. Counts only. */
import { dataTable, type ArrowTable, type FigureModel, type PageSection } from 'reshore'
import type { AnyStudy } from '../study.js'
import { capital, rowsOf, type Row } from '../../shared/words.js'

export interface PanelTables {
  readonly byYear: ArrowTable
  readonly byArea: ArrowTable
  readonly byDestination?: ArrowTable
}

export function panelSection({ words }: AnyStudy, { byYear, byArea, byDestination }: PanelTables): PageSection {
  const count = { role: 'count', format: 'integer' } as const
  const years = dataTable('by-year', `${capital(words.units)} by year`, rowsOf(byYear), {
    unitName: words.units,
    columns: [
      { key: 'year', label: 'Year', format: 'year', role: 'label' },
      { key: 'units', label: capital(words.units), ...count },
      { key: 'active', label: 'Active', ...count },
      { key: 'starts', label: 'Starts', ...count },
      { key: 'stops', label: 'Stops', ...count },
    ],
  })
  const destinations = byDestination === undefined ? [] : [destinationFigure(words, rowsOf(byDestination))]
  return { id: 'panel', title: `Who is in ${words.activity}`, blocks: [years, areaMap(words, rowsOf(byArea)), ...destinations] }
}

function areaMap({ units, area }: AnyStudy['words'], rows: readonly Row[]): FigureModel {
  return {
    kind: 'map',
    id: 'areas',
    title: `${capital(units)} ever active, by ${area}`,
    valueLabel: units,
    format: 'integer',
    geography: 'places',
    unitName: units,
    places: rows.map((one) => ({ name: String(one.area), value: Number(one.active), units: Number(one.active), ...coordinates(one) })),
  }
}

function coordinates({ longitude, latitude }: Row): { longitude?: number; latitude?: number } {
  return typeof longitude === 'number' && typeof latitude === 'number' ? { longitude, latitude } : {}
}

function destinationFigure({ activity, units }: AnyStudy['words'], rows: readonly Row[]): FigureModel {
  const years = [...new Set(rows.map(({ year }) => Number(year)))]
  const places = [...new Set(rows.map(({ destination }) => String(destination)))]
  const active = (place: string, when: number): number =>
    Number(rows.find(({ destination, year }) => destination === place && year === when)?.active ?? 0)
  return {
    kind: 'bars',
    id: 'destinations',
    title: `Where ${activity} goes`,
    caption: `One of the ${units} counts in every destination it uses.`,
    value: { label: units, format: 'integer' },
    counts: true,
    arrangement: 'stacked',
    unitName: units,
    categories: years.map(String),
    series: places.map((name) => ({ name, values: years.map((year) => active(name, year)) })),
  }
}
