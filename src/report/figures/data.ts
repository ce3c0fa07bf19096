/** The data behind a figure as a table: what is printed under it, downloaded beside it, and masked with it. */
import type { DetailedCell, TableCell, TableColumn, TableModel } from '../tables/records.js'
import type {
  BarFigure,
  CoefficientFigure,
  EnvelopeFigure,
  FigureModel,
  HistogramFigure,
  LineFigure,
  MapFigure,
  SurvivalFigure,
  TauPathFigure,
} from './records.js'

interface Data {
  readonly columns: readonly TableColumn[]
  readonly rows: readonly (readonly TableCell[])[]
}

/**
 * The figure's data, one row a mark, in full precision where it is exported. Values that `--min-cell` hid are shown as hidden.
 *
 * @example renderCsv(figureTable(figure))
 */
export function figureTable(figure: FigureModel): TableModel {
  const { columns, rows } = dataOf(figure)
  const hides = (figure.masked ?? 0) > 0
  const shown = rows.map((cells) => ({
    cells: hides
      ? cells.map((cell): TableCell => (cell === hiddenIfMasked ? { value: null, masked: true } : cell))
      : cells.map(plain),
  }))
  return {
    kind: 'table',
    id: `${figure.id}-data`,
    title: `Data: ${figure.title}`,
    columns,
    rows: shown,
    notes: [],
    unitName: figure.unitName,
  }
}

/** Stands for a value that is absent: hidden where the figure was masked, missing otherwise. */
const hiddenIfMasked: DetailedCell = { value: null }

function orHidden(value: number | null | undefined): TableCell {
  return value ?? hiddenIfMasked
}

function plain(cell: TableCell): TableCell {
  return cell === hiddenIfMasked ? null : cell
}

function label(key: string, text = key): TableColumn {
  return { key, label: text, role: 'label' }
}

function number(key: string, text = key): TableColumn {
  return { key, label: text }
}

function dataOf(figure: FigureModel): Data {
  switch (figure.kind) {
    case 'coefficients':
      return coefficientData(figure)
    case 'survival':
      return survivalData(figure)
    case 'map':
      return mapData(figure)
    case 'tau-path':
      return tauPathData(figure)
    case 'envelope':
      return envelopeData(figure)
    case 'lines':
      return lineData(figure)
    case 'bars':
      return barData(figure)
    case 'histogram':
      return histogramData(figure)
  }
}

function coefficientData({ series, valueLabel }: CoefficientFigure): Data {
  return {
    columns: [label('model'), label('term'), number('estimate', valueLabel), number('lower'), number('upper')],
    rows: series.flatMap(({ name, terms }) => terms.map((term) => [name, term.label, term.estimate, term.conf[0], term.conf[1]])),
  }
}

function survivalData({ curves, timeLabel, valueLabel }: SurvivalFigure): Data {
  return {
    columns: [
      label('curve'),
      number('time', timeLabel),
      number('survival', valueLabel),
      number('lower'),
      number('upper'),
      number('at risk'),
      number('events'),
    ],
    rows: curves.flatMap(({ name, time, survival, lower, upper, atRisk, events }) =>
      time.map((at, index) => [
        name,
        at,
        survival[index]!,
        lower?.[index] ?? null,
        upper?.[index] ?? null,
        atRisk?.[index] ?? null,
        events?.[index] ?? null,
      ]),
    ),
  }
}

function mapData({ places, valueLabel, format, unitName = 'firms' }: MapFigure): Data {
  return {
    columns: [
      label('place'),
      { key: 'value', label: valueLabel, format },
      number('units', unitName),
      number('longitude'),
      number('latitude'),
    ],
    rows: places.map(({ name, value, units, longitude, latitude }) => [
      name,
      orHidden(value),
      value === null ? orHidden(units) : (units ?? null),
      longitude ?? null,
      latitude ?? null,
    ]),
  }
}

function tauPathData({ segments, parts, countries }: TauPathFigure): Data {
  return {
    columns: [
      number('from'),
      number('to'),
      number('productionCost', 'production cost'),
      number('transportQuantity', 'transport quantity'),
      ...parts.map((part, index) => ({ key: `part-${index}`, label: part, align: 'left' as const })),
    ],
    rows: segments.map(({ from, to, productionCost, transportQuantity, location }) => [
      from,
      to ?? Infinity,
      productionCost,
      transportQuantity,
      ...location.map((country) => countries[country]!),
    ]),
  }
}

function envelopeData({ envelopes }: EnvelopeFigure): Data {
  return {
    columns: [
      label('envelope'),
      label('chain'),
      number('from'),
      number('to'),
      number('marginalCost', 'marginal cost'),
      number('fixedCost', 'fixed cost'),
    ],
    rows: envelopes.flatMap(({ name, segments }) =>
      segments.map((segment) => [
        name,
        segment.label,
        segment.from,
        segment.to ?? Infinity,
        segment.marginalCost,
        segment.fixedCost,
      ]),
    ),
  }
}

function lineData({ series, x, y, unitName = 'firms' }: LineFigure): Data {
  return {
    columns: [
      label('series'),
      { key: 'x', label: x.label, format: x.format },
      { key: 'y', label: y.label, format: y.format },
      { key: 'lower', label: 'lower', format: y.format },
      { key: 'upper', label: 'upper', format: y.format },
      number('units', unitName),
    ],
    rows: series.flatMap(({ name, x: at, y: value, lower, upper, units }) =>
      at.map((position, index) => [
        name,
        position,
        value[index]!,
        lower?.[index] ?? null,
        upper?.[index] ?? null,
        units?.[index] ?? null,
      ]),
    ),
  }
}

function barData({ categories, series, value, counts }: BarFigure): Data {
  return {
    columns: [
      label('category', ''),
      ...series.map(({ name }, index) => ({
        key: `series-${index}`,
        label: name,
        format: value.format ?? (counts ? ('integer' as const) : undefined),
      })),
    ],
    rows: categories.map((category, place) => [category, ...series.map(({ values }) => orHidden(values[place]))]),
  }
}

function histogramData({ edges, series, x }: HistogramFigure): Data {
  return {
    columns: [
      number('above', `above, ${x.label}`),
      number('upTo', 'up to'),
      ...series.map(({ name }, index) => ({ key: `series-${index}`, label: name, format: 'integer' as const })),
    ],
    rows: edges.slice(1).map((edge, bin) => [edges[bin]!, edge, ...series.map(({ counts }) => orHidden(counts[bin]))]),
  }
}
