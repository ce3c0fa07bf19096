/** Who is linked: by year and status, by distance with the published axis, by differentiation, on the map; and what moved the means. */
import { dataTable, linksByDistance, type ArrowTable, type DecompositionCheck, type FigureModel, type PageSection, type TableModel } from 'reshore'
import { rowsOf } from '../../shared/words.js'
import type { Period } from '../tables.js'

export interface LinkTables {
  readonly byYear: ArrowTable
  readonly byStatus: ArrowTable
  readonly byDistance: ArrowTable
  readonly byDifferentiation: ArrowTable
  readonly places: ArrowTable
  readonly moves: ArrowTable
  readonly checks: readonly DecompositionCheck[]
}

const count = { role: 'count', format: 'integer' } as const
const statuses = ['continue', 'add', 'drop'] as const
const statusNames = { continue: 'continuing', add: 'added', drop: 'dropped' } as const

export function linkSection(tables: LinkTables, period: Period): PageSection {
  return {
    id: 'links', title: 'Who is linked',
    blocks: [
      {
        kind: 'prose',
        text: 'A buyer and a supplier are linked in a year if either reports the other: lists have 24 places a side. Where a list is full, links may be missing.\n\n' +
          'Links continue, are dropped or are added between the two years. Firm death is no sourcing decision, so that only links between firms of both years count unless said otherwise.',
      },
      yearTable(tables.byYear), statusTable(tables.byStatus),
      distanceFigure(tables.byDistance), changesByDistance(tables.byDistance, period), changesByDifferentiation(tables.byDifferentiation),
      map(tables.places, period), movesTable(tables),
    ],
  }
}

function yearTable(byYear: ArrowTable): TableModel {
  return dataTable('links-by-year', 'Links by year and who reports them', rowsOf(byYear).map((row) => ({ ...row })), {
    unitName: 'links',
    columns: [
      { key: 'year', label: 'Year', format: 'year', role: 'label' }, { key: 'both_sides', label: 'Both sides', ...count }, { key: 'buyer_only', label: 'Buyer only', ...count },
      { key: 'supplier_only', label: 'Supplier only', ...count }, { key: 'links', label: 'Links', role: 'total', format: 'integer' },
      { key: 'at_cap', label: 'With a full list', ...count },
    ],
  })
}

function statusTable(byStatus: ArrowTable): TableModel {
  const rows = rowsOf(byStatus).map((row) => ({ ...row, name: statusNames[row.status as keyof typeof statusNames] }))
  return dataTable('links-by-status', 'What became of links, by who must be there in both years', rows, {
    unitName: 'links', total: 'Links of either year',
    columns: [
      { key: 'name', label: '', role: 'label' }, { key: 'links', label: 'All', ...count }, { key: 'partner_present', label: 'Supplier there', ...count },
      { key: 'both_present', label: 'Both there', ...count }, { key: 'reformed', label: 'Formed again', ...count },
    ],
  })
}

const edges = [1, 5, 25, 125, 625, 3125]
const bins = ['(0,5]', '(5,25]', '(25,125]', '(125,625]', '(625,3125]']

function distanceFigure(byDistance: ArrowTable): FigureModel {
  const rows = rowsOf(byDistance)
  const years = [...new Set(rows.map(({ year }) => Number(year)))].sort()
  const links = (year: number, bin: string): number =>
    rows.reduce((sum, row) => (row.year === year && row.distance_bin === bin ? sum + Number(row.links) : sum), 0)
  return {
    ...linksByDistance('links-distance', 'Links by distance', edges, years.map((year) => ({ name: String(year), counts: bins.map((bin) => links(year, bin)) }))),
    caption: 'Great-circle distance between municipalities of buyer and supplier, at least one kilometre, on the axis of the published figure.',
  }
}

function changesByDistance(byDistance: ArrowTable, { from, to }: Period): FigureModel {
  const rows = rowsOf(byDistance)
  const links = (bin: string, status: string): number => {
    const year = status === 'add' ? to : from
    return Number(rows.find((row) => row.year === year && row.distance_bin === bin && row.status === status)?.lasting ?? 0)
  }
  return {
    kind: 'bars', id: 'changes-by-distance', title: 'Added, dropped and continuing links by distance', caption: 'Links between firms of both years; distance in kilometres.',
    value: { label: 'links', format: 'integer' }, counts: true, arrangement: 'grouped', unitName: 'links', categories: bins,
    series: statuses.map((status) => ({ name: statusNames[status], values: bins.map((bin) => links(bin, status)) })),
  }
}

function changesByDifferentiation(byThird: ArrowTable): FigureModel {
  const rows = rowsOf(byThird)
  const thirds = ['least', 'middle', 'most']
  return {
    kind: 'bars', id: 'changes-by-differentiation', title: 'Added, dropped and continuing links by differentiation',
    caption: 'Links between firms of both years, by the share of differentiated goods (Rauch, conservative) in the industry of the supplier; thirds of links, as far as industries can be split.',
    value: { label: 'links', format: 'integer' }, counts: true, arrangement: 'grouped', unitName: 'links', categories: thirds.map((third) => `${third} differentiated`),
    series: statuses.map((status) => ({
      name: statusNames[status], values: thirds.map((third) => Number(rows.find((row) => row.third === third && row.status === status)?.links ?? 0)),
    })),
  }
}

function map(places: ArrowTable, { to }: Period): FigureModel {
  return {
    kind: 'map', id: 'suppliers', title: `Links of ${to} by prefecture of the supplier`, valueLabel: 'links', format: 'integer', geography: 'places', unitName: 'links',
    places: rowsOf(places).map(({ prefecture, links, latitude, longitude }) => ({
      name: String(prefecture), value: Number(links), units: Number(links), latitude: Number(latitude), longitude: Number(longitude),
    })),
  }
}

const measureNames: Readonly<Record<string, string>> = {
  log_km: 'ln distance', share_conservative_z: 'differentiation', supplier_log_size: 'ln employees of suppliers', supplier_log_productivity: 'ln productivity of suppliers',
}

function movesTable({ moves, checks }: LinkTables): TableModel {
  const largest = Math.max(...checks.map((check) => check.largest))
  const number = { decimals: 4 } as const
  return dataTable('moves', 'Why the mean of a buyer\'s links moved', rowsOf(moves).map((row) => ({ ...row, name: measureNames[String(row.measure)] ?? String(row.measure) })), {
    units: 'buyers', unitName: 'buyers',
    columns: [
      { key: 'name', label: 'Mean of', role: 'label' }, { key: 'change', label: 'Change', format: number }, { key: 'by_adding', label: 'By adding', format: number },
      { key: 'by_dropping', label: 'By dropping', format: number }, { key: 'by_moving', label: 'By what changed in continuing links', format: number },
      { key: 'buyers', label: 'Buyers', ...count },
    ],
    notes: [`Means over buyers with a continuing link. For every buyer the three parts add up to the change; the largest relative gap is ${largest.toPrecision(1)}.`],
  })
}
