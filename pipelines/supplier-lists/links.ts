/** Links of the buyer from list to list, and the panel of factories with what may explain that they leave. */
import { Table, vectorFromArray } from 'apache-arrow'
import {
  activeNeighbours, foreignDistances, join, joinFeatures, lags, linkStatuses, panel, relation, ReshoreError, spellPeriods, sql,
  type Engine, type Flow, type Panel, type Relation, type Step,
} from 'reshore'
import { count, type Entries, type ListDate, type Tables } from './entries.js'
import type { Matching } from './matching.js'

export interface Headquarters {
  readonly home: string
  readonly latitude: number
  readonly longitude: number
}

export interface Links {
  /** Keyed by `year_from` (a list) and factory: `status`, `reformed`, `partner_present`, country and line. */
  readonly statuses: Relation
  /** Keyed by unit, spell and wave: factories on a list that has a next one. */
  readonly atRisk: Relation
  /** Keyed by unit and wave: factories on a list that has one before, `added` 1 where they were not on it. */
  readonly present: Relation
  /** Keyed by country: factories by list and changes. */
  readonly byCountry: Relation
  /** Keyed by first list and wave: factories of that cohort still, or again, on the list. */
  readonly cohorts: Relation
}

interface LinkInputs {
  readonly tables: Step<Tables>
  readonly entries: Step<Entries>
  readonly matching: Step<Matching>
}

export function linksStep({ step }: Flow, { headquarters, ...inputs }: LinkInputs & { readonly headquarters: Headquarters }): Step<Links> {
  return step('links', {
    stage: 'features',
    inputs: { ...inputs },
    options: { ...headquarters },
    async run({ tables: { countries }, entries: { entries, dates, buyer }, matching: { units } }, { engine, options, flow }) {
      const place = { home: options.home, latitude: options.latitude, longitude: options.longitude }
      const listed = relation('listed', { key: ['wave', 'unit'] }, sql`
        SELECT e.*, u.unit, CAST(u.unit AS VARCHAR) AS factory FROM ${entries} AS e JOIN ${units} AS u ON u.wave = e.wave AND u.row = e.row`)
      const distances = await distancesFrom(engine, place, countries)
      const statuses = allStatuses(listed, buyer, dates)
      const { atRisk, present } = await factoryRows(engine, listed, distances, dates)
      const linked = await count(engine, relation('links', { key: ['wave', 'unit'] }, sql`SELECT wave, unit FROM ${listed} WHERE of_buyer = 1`))
      flow(
        {
          id: 'links', label: `links of ${buyer}`, kind: 'table', from: ['entries'], rows: linked, unit: 'factories on a list',
          dropped: [{ reason: 'of other brands only', rows: (await count(engine, listed)) - linked }],
        },
        {
          id: 'at-risk', label: 'factories that may leave', kind: 'sample', from: ['links'], rows: await count(engine, atRisk), dropped: [],
          unit: 'factories on a list', remark: 'the last list has no next one',
        },
        {
          id: 'present', label: 'factories that may be new', kind: 'sample', from: ['links'], rows: await count(engine, present), dropped: [],
          unit: 'factories on a list', remark: 'the first list has none before',
        },
      )
      return { statuses, atRisk, present, byCountry: countryTable(statuses, listed, countries, dates), cohorts: cohortTable(listed) }
    },
  })
}

async function distancesFrom(engine: Engine, { home, latitude, longitude }: Headquarters, countries: Relation): Promise<Relation> {
  const known = await engine.query(relation('home', { key: ['country'] }, sql`SELECT country FROM ${countries} WHERE country = ${home}`))
  if (known.numRows === 0) {
    throw new ReshoreError(
      'UnknownCountryError',
      `the gazetteer has no country \`${home}\``,
      "Give the ISO code of the buyer's country: --set home=USA.",
    )
  }
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
    throw new ReshoreError('SettingError', `no place on earth has latitude ${latitude} and longitude ${longitude}`, 'Give degrees north from -90 to 90 and east from -180 to 180.', 2)
  }
  const place = new Table({ latitude: vectorFromArray(Float64Array.of(latitude)), longitude: vectorFromArray(Float64Array.of(longitude)) })
  const headquarters = engine.register(place, { name: 'headquarters' })
  const abroad = foreignDistances(relation('places', { key: ['municipality'] }, sql`
    SELECT 'headquarters' AS municipality, latitude, longitude FROM ${headquarters}`), countries)
  return relation('distances', { key: ['country'] }, sql`
    SELECT c.country, CASE WHEN c.country = ${home} THEN c.internal ELSE a.km END AS km
    FROM ${countries} AS c JOIN ${abroad} AS a ON a.country = c.country`)
}

/** Continue, add, drop between consecutive lists; a factory is present where any brand lists it. */
function allStatuses(listed: Relation, buyer: string, dates: readonly ListDate[]): Relation {
  const links = relation('links', { key: ['year', 'buyer', 'supplier'] }, sql`
    SELECT l.wave AS year, ${buyer} AS buyer, l.factory AS supplier FROM ${listed} AS l WHERE l.of_buyer = 1`)
  const firms = relation('firms', { key: ['year', 'firm'] }, sql`
    SELECT l.wave AS year, l.factory AS firm, l.line AS industry FROM ${listed} AS l
    UNION ALL SELECT DISTINCT l.wave AS year, ${buyer} AS firm, 'buyer' AS industry FROM ${listed} AS l`)
  const between = dates.slice(1).map(({ wave }) => sql`
    SELECT s.year_from, s.supplier AS factory, s.status, s.reformed, s.partner_present, s.input_industry AS line, p.country
    FROM ${linkStatuses(links, firms, { from: wave - 1, to: wave })} AS s
    JOIN ${listed} AS p ON p.factory = s.supplier AND p.wave = CASE WHEN s.status = 'add' THEN s.year_to ELSE s.year_from END`)
  return relation('statuses', { key: ['year_from', 'factory'] }, join(between, ' UNION ALL '))
}

/**
 * Every factory on every list, 1 where the buyer has it, with the other factories of the buyer in its city, country and group:
 * rows that may leave (with those of the same list) and rows that may be new (with those of the list before).
 */
async function factoryRows(
  engine: Engine, listed: Relation, distances: Relation, dates: readonly ListDate[],
): Promise<{ readonly atRisk: Relation; readonly present: Relation }> {
  const calendar = engine.register(new Table({
    wave: vectorFromArray(Int32Array.from(dates, ({ wave }) => wave)), months: vectorFromArray(Int32Array.from(dates, ({ months }) => months)),
  }), { key: ['wave'], name: 'calendar' })
  const grid = relation('grid', { key: ['unit', 'wave'] }, sql`
    SELECT u.unit, c.wave, coalesce(l.of_buyer, 0) AS active, l.country, l.city_name, l.line, l.supplier_group, l.workers, d.km
    FROM (SELECT DISTINCT unit FROM ${listed} WHERE of_buyer = 1) AS u CROSS JOIN ${calendar} AS c
    LEFT JOIN ${listed} AS l ON l.unit = u.unit AND l.wave = c.wave
    LEFT JOIN ${distances} AS d ON d.country = l.country`)
  const around = (lag: number): Panel => {
    const factories = factoryPanel(grid)
    const others = (name: string, area: readonly [string, ...string[]]) => activeNeighbours(factories, { area, active: 'active', lag, name })
    return factoryPanel(joinFeatures(
      factories, lags(factories, ['active']), others('city_others', ['country', 'city_name']), others('country_others', ['country']),
      others('group_others', ['supplier_group']),
    ))
  }
  const varying = ['country', 'city_name', 'line', 'workers', 'km', 'city_others', 'country_others', 'group_others']
  const periods = spellPeriods(around(0), { active: 'active', unknownStarts: 'keep', varying })
  const covariates = sql`p.country, p.line, p.workers, p.km, p.country || ' ' || p.city_name AS city,
      p.city_others, p.country_others - p.city_others AS country_others, coalesce(p.group_others, 0) AS group_others`
  return {
    atRisk: relation('at_risk', { key: ['unit', 'spell', 'wave'] }, sql`
      SELECT p.unit, p.spell, p.wave, p.event, ${covariates}, b.months AS months_from, e.months AS months_to
      FROM ${periods} AS p JOIN ${calendar} AS b ON b.wave = p.wave JOIN ${calendar} AS e ON e.wave = p.wave + 1`),
    present: relation('present', { key: ['unit', 'wave'] }, sql`
      SELECT p.unit, p.wave, 1 - p.active_lag1 AS added, ${covariates} FROM ${around(1).rows} AS p
      WHERE p.active = 1 AND p.active_lag1 IS NOT NULL`),
  }
}

const factoryPanel = (rows: Relation): Panel => panel(rows, { unit: 'unit', period: 'wave' })

function countryTable(statuses: Relation, listed: Relation, countries: Relation, dates: readonly ListDate[]): Relation {
  const [first, last] = [dates[0]!.wave, dates.at(-1)!.wave]
  const on = (wave: number) => sql`CAST(sum(CASE WHEN l.wave = ${wave} THEN 1 ELSE 0 END) AS INTEGER)`
  const now = (status: string) => sql`CAST(sum(CASE WHEN s.status = ${status} THEN 1 ELSE 0 END) AS INTEGER)`
  const present = relation('present', { key: ['country'] }, sql`
    SELECT l.country, ${on(first)} AS first, ${on(last)} AS last FROM ${listed} AS l WHERE l.of_buyer = 1 GROUP BY l.country`)
  const changes = relation('changes', { key: ['country'] }, sql`
    SELECT s.country, ${now('continue')} AS continued, ${now('drop')} AS dropped, ${now('add')} AS added
    FROM ${statuses} AS s GROUP BY s.country`)
  return relation('by_country', { key: ['country'] }, sql`
    SELECT p.country, c.numeric, c.name, p.first, p.last, h.continued, h.dropped, h.added
    FROM ${present} AS p JOIN ${countries} AS c ON c.country = p.country JOIN ${changes} AS h ON h.country = p.country`)
}

function cohortTable(listed: Relation): Relation {
  const first = relation('first_lists', { key: ['unit'] }, sql`
    SELECT unit, min(wave) AS cohort FROM ${listed} WHERE of_buyer = 1 GROUP BY unit`)
  return relation('cohorts', { key: ['cohort', 'wave'] }, sql`
    SELECT f.cohort, l.wave, CAST(count(*) AS INTEGER) AS factories
    FROM ${listed} AS l JOIN ${first} AS f ON f.unit = l.unit WHERE l.of_buyer = 1 GROUP BY f.cohort, l.wave`)
}
