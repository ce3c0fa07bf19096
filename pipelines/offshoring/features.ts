/** From raw tables to the two samples: decisions with what was known the year before, and years at risk of a return. */
import {
  activeNeighbours, id, initialValues, join, joinFeatures, lags, panel, relation, spellPeriods, sql, unitMeans,
  type Flow, type Panel, type Relation, type Step,
} from 'reshore'
import { activeMoney, activityByArea, activityByDestination, activityByYear, sampleFlow } from './describe.js'
import { requireSamples, requireYears } from './requirements.js'
import type { AnyStudy, RawTables, Study } from './study.js'

/** One row per firm and year, by the study's column map. */
export function panelStep<T extends RawTables>({ step }: Flow, study: Study<T>, tables: Step<T>): Step<{ firms: Relation }> {
  return step('panel', {
    stage: 'features',
    inputs: { tables },
    async run(inputs, { engine, note }) {
      const firms = study.panel(inputs.tables)
      for (const sentence of await requireYears(engine, firms, study)) note(sentence)
      return { firms }
    },
  })
}

/** The decision sample, the spells, the money of active firms, and counts that describe the panel. */
export function featureStep<T extends RawTables>(
  { step }: Flow,
  study: Study<T>,
  inputs: { readonly tables: Step<T>; readonly firms: Step<{ firms: Relation }> },
) {
  return step('features', {
    stage: 'features',
    inputs: { ...inputs },
    async run({ tables, firms: { firms } }, { engine, flow }) {
      const rows = firmPanel(withFeatures(study, firmPanel(firms), tables))
      const sample = firmPanel(decisions(study, rows.rows))
      const spells = spellPeriods(rows, { active: 'active', ...study.exit })
      const stops = await sampleFlow(engine, { rows: rows.rows, sample: sample.rows, spells }, study)
      requireSamples(stops, study)
      flow(...stops)
      return {
        entry: joinFeatures(sample, unitMeans(sample, lagged(study))),
        spells,
        active: activeMoney(rows.rows),
        byYear: activityByYear(rows.rows),
        byArea: activityByArea(rows.rows, study.hasPlaces),
        byDestination: study.destinations && activityByDestination(rows, study.destinations),
      }
    },
  })
}

/** Names of the lagged covariates of the decision. */
export const lagged = ({ entry }: AnyStudy): string[] => entry.lagged.map((name) => `${name}_lag1`)

const firmPanel = (rows: Relation): Panel => panel(rows, { unit: 'firm', period: 'year' })

/** Lags, initial condition and neighbours: a count last year for the decision, and the current one for the start of a spell. */
function withFeatures<T extends RawTables>({ entry, firstYear, features }: Study<T>, firms: Panel, tables: T): Relation {
  return joinFeatures(
    firms,
    lags(firms, ['active', ...entry.lagged]),
    initialValues(firms, ['active'], { at: firstYear }),
    activeNeighbours(firms, { area: ['area'], active: 'active' }),
    activeNeighbours(firms, { area: ['area'], active: 'active', lag: 0, name: 'here' }),
    ...(features?.(firms, tables) ?? []),
  )
}

/** Rows on which the decision and all that explains it are known, in categories where some are active and some are not. */
function decisions(study: AnyStudy, rows: Relation): Relation {
  const { others, factors } = study.entry
  const key = { key: ['firm', 'year'] }
  const columns = ['active', 'active_lag1', 'active_initial', ...lagged(study), ...others, ...factors]
  const known = columns.map((name) => sql`${id(name)} IS NOT NULL`)
  const complete = relation('complete', key, sql`SELECT * FROM ${rows} WHERE ${join(known, ' AND ')}`)
  const varying = (name: string) => sql`
    SELECT ${id(name)} FROM ${complete} GROUP BY ${id(name)} HAVING min(active) = 0 AND max(active) = 1`
  const conditions = factors.map((name) => sql`${id(name)} IN (${varying(name)})`)
  return relation('decisions', key, sql`SELECT * FROM ${complete} WHERE ${join(conditions, ' AND ')}`)
}
