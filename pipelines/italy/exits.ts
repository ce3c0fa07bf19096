/**
 * Where firms come back from: exits by the destination that took most of the firm's foreign subcontracting in its last year abroad. One
 * hazard a destination, exits from the others as censoring, and the probability of having come back from each by the years since the
 * start. Destinations with few exits are taken together.
 */
import {
  causeSpecificCox, cluster, cumulativeIncidence, dataTable, id, isReshoreError, join, modelColumn, regressionTable, relation, sql, tidy,
  type ArrowTable, type FigureModel, type Fit, type Flow, type IncidenceCurves, type PageSection, type Relation, type Step, type TableModel,
} from 'reshore'
import { exitTerms } from '../offshoring/formulas.js'
import { factorRows } from '../shared/words.js'
import type { AnyStudy, StudySteps } from '../offshoring/study.js'

/** Destinations with fewer exits share a model. */
const fewestExits = 20
const together = 'elsewhere'

export interface DestinationExits {
  /** One cause-specific model a destination; none where one of them has no estimate. */
  readonly models: readonly { readonly destination: string; readonly fit: Fit<'cox'> }[]
  /** Why there are no models. */
  readonly failure: string | null
  readonly curves: IncidenceCurves
  /** Exits up to each time, by destination. */
  readonly exits: readonly { readonly destination: string; readonly upTo: readonly number[] }[]
}

/** The step that estimates them. */
export function exitsByDestination(study: Pick<AnyStudy, 'destinations' | 'exit'>, { step }: Pick<Flow, 'step'>, { features, firms }: Pick<StudySteps, 'features' | 'firms'>): Step<DestinationExits> {
  return step('destinations', {
    stage: 'estimate',
    inputs: { features, firms },
    async run({ features: { spells }, firms: { firms } }, { engine }) {
      const rows = await engine.query(exitRows(spells, firms, study.destinations ?? {}))
      const [curves] = cumulativeIncidence('surv(start, stop, event) ~ 1', rows, { cause: 'destination', id: 'firm' })
      return { ...destinationModels(study, rows), curves: curves!, exits: countExits(rows, curves!) }
    },
  })
}

/** Years at risk with the destination of most of the year's foreign cost. */
function exitRows(spells: Relation, firms: Relation, destinations: Readonly<Record<string, string>>): Relation {
  const columns = Object.entries(destinations)
  const largest = columns.map(([name, column], k) => {
    const rest = columns.slice(k + 1).map(([, other]) => sql`${id('f', column)} >= ${id('f', other)}`)
    return rest.length === 0 ? sql`ELSE ${name}` : sql`WHEN ${join([...columns.slice(0, k).map(([, other]) => sql`${id('f', column)} > ${id('f', other)}`), ...rest], ' AND ')} THEN ${name}`
  })
  const known = relation('exit_places', { key: ['firm', 'spell', 'year'] }, sql`
    SELECT s.*, CASE ${join(largest, ' ')} END AS place FROM ${spells} AS s JOIN ${firms} AS f ON f.firm = s.firm AND f.year = s.year`)
  const many = sql`SELECT place FROM ${known} GROUP BY place HAVING sum(event) >= ${fewestExits}`
  return relation('exits', { key: ['firm', 'spell', 'year'] }, sql`
    SELECT k.*, CASE WHEN place IN (${many}) THEN place ELSE ${together} END AS destination FROM ${known} AS k`)
}

function destinationModels(study: Pick<AnyStudy, 'exit'>, rows: ArrowTable): Pick<DestinationExits, 'models' | 'failure'> {
  try {
    const causes = causeSpecificCox(`surv(start, stop, event) ~ ${exitTerms(study).join(' + ')}`, rows, { cause: 'destination', vcov: cluster('firm'), scores: 'drop' })
    return { models: causes.map(({ cause, fit }) => ({ destination: cause, fit })), failure: null }
  } catch (error) {
    if (!isReshoreError(error)) throw error
    return { models: [], failure: error.message }
  }
}

function countExits(rows: ArrowTable, { time, causes }: IncidenceCurves): DestinationExits['exits'] {
  const column = (name: string): unknown[] => [...rows.getChild(name)!]
  const [destination, event, stop] = [column('destination'), column('event'), column('stop')]
  return causes.map(({ cause }) => ({
    destination: cause,
    upTo: Array.from(time, (t) => destination.filter((name, row) => name === cause && Number(event[row]) === 1 && Number(stop[row]) <= t).length),
  }))
}

/** The section of the page. */
export function exitsSection({ words, labels, destinations = {} }: AnyStudy, results: DestinationExits): PageSection {
  const named = Object.keys(destinations)
  const gathered = named.filter((name) => !results.exits.some(({ destination }) => destination === name))
  const text = `A ${words.unit} that stops is counted where most of its foreign subcontracting went in its last year. Curves are the probability of having come back from there by the years since the start, ` +
    'all others still abroad or back from elsewhere (Aalen–Johansen); hazards of a destination take exits from the others as censoring, so that a ratio says what moves that exit among those still abroad.' +
    `${gathered.length > 0 ? ` With fewer than ${fewestExits} exits each, ${gathered.join(' and ')} are taken together as ${together}.` : ''}` +
    `${results.failure === null ? '' : ` There are no models by destination: ${results.failure}.`}`
  return {
    id: 'exits-by-destination', title: 'Where they come back from',
    blocks: [{ kind: 'prose', text }, incidenceFigure(words.units, results), incidenceTable(words.units, results), ...(results.models.length > 0 ? [hazardTable(labels, words.units, results)] : [])],
  }
}

function incidenceFigure(units: string, { curves: { time, causes }, exits }: DestinationExits): FigureModel {
  return {
    kind: 'lines', id: 'incidence-curves', title: 'Back from each destination', caption: 'Cumulative incidence with pointwise 95 % intervals.', unitName: units, shape: 'step',
    x: { label: 'years since the start', ticks: Array.from(time), format: 'integer' }, y: { label: 'share that has come back', format: { percent: 0 } },
    series: causes.map(({ cause, probability, lower, upper }, c) => {
      // Before the first exit there is no interval.
      const seen = [...probability.keys()].filter((k) => probability[k]! > 0)
      const at = (values: Float64Array): number[] => seen.map((k) => values[k]!)
      return { name: cause, x: at(time), y: at(probability), lower: at(lower), upper: at(upper), units: seen.map((k) => exits[c]!.upTo[k]!) }
    }),
  }
}

function incidenceTable(units: string, { curves: { time, causes }, exits }: DestinationExits): TableModel {
  const rows = causes.flatMap(({ cause, probability, lower, upper }, c) => Array.from(time, (year, k) => {
    const none = probability[k] === 0
    return { cause, year, exits: exits[c]!.upTo[k]!, probability: probability[k]!, low: none ? null : lower[k]!, high: none ? null : upper[k]! }
  }))
  return dataTable('incidence', 'Share that has come back, by destination and years since the start', rows, {
    columns: [{ key: 'cause', label: 'From', role: 'label' }, { key: 'year', label: 'Years', format: 'integer', role: 'label' }, { key: 'exits', label: 'Exits so far', role: 'count', format: 'integer' },
      { key: 'probability', label: 'Share', format: { percent: 1 } }, { key: 'low', label: '95 % from', format: { percent: 1 } }, { key: 'high', label: 'to', format: { percent: 1 } }],
    units: 'exits', unitName: units,
  })
}

function hazardTable(labels: AnyStudy['labels'], units: string, { models }: DestinationExits): TableModel {
  return regressionTable('exit-by-destination', 'Coming back, by destination: hazard ratios',
    models.map(({ destination, fit }, k) => modelColumn(fit, tidy(fit), { name: `(${k + 1})`, outcome: destination })),
    { scale: 'ratio', below: 'interval', labels, unitName: units, indicators: factorRows(models[0]!.fit) })
}
