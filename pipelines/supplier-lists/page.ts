/** The page of supplier lists: what is compared, how rows were matched, who stays, leaves and comes, and what goes with leaving. */
import {
  coefficientFigure, dataTable, matchThresholds, modelColumn, regressionTable, relation, sql, tidy,
  type ArrowTable, type Engine, type FigureModel, type Flow, type PageContent, type PageSection, type Step,
} from 'reshore'
import { rowsOf } from '../offshoring/sections/words.js'
import type { Entries, Tables } from './entries.js'
import type { Leaving } from './leaving.js'
import type { Links } from './links.js'
import type { KeptByRule, Matching, ReviewRow } from './matching.js'

interface PageInputs {
  readonly tables: Step<Tables>
  readonly entries: Step<Entries>
  readonly matching: Step<Matching>
  readonly links: Step<Links>
  readonly leaving: Step<Leaving>
}

/** Uncertain pairs on the page; the step's review.csv has all. */
const shownPairs = 25

export function pageStep({ step, minCell }: Flow, inputs: PageInputs): void {
  step('page', {
    stage: 'report',
    inputs: { ...inputs },
    options: { minCell: minCell ?? null },
    async run({ tables, entries, matching, links, leaving }, { engine, options }) {
      const facts = {
        changes: await changeRows(engine, links, entries), byLine: await engine.query(changesByLine(links)), byCountry: await engine.query(links.byCountry),
        cohorts: await engine.query(links.cohorts),
      }
      const page: PageContent = {
        title: `Suppliers of ${entries.buyer}: who stays, leaves and comes`,
        subtitle: `Lists of ${entries.dates.map(({ date }) => date).join(', ')}`,
        summary: 'Public lists name factories without ids, each list in its own spelling. Rows are matched by name and address; the rest follows from that, so the '
          + 'page shows what stricter and laxer matching would give.',
        highlights: matching.kept.map(({ from, to, rows }, index) => {
          const change = facts.changes[index]!
          return { label: `not on the list of ${to}`, value: Number(change.drop) / rows, format: { percent: 1 }, note: `of the factories of ${from}` }
        }),
        quarantine: tables.quarantine.slice(0, 10).map(({ file, line, column, reason, text }) => ({ file, line, ...(column === null ? {} : { column }), reason, text })),
        sections: [listSection(entries), matchingSection(matching, options.minCell === null), changeSection(entries, facts, matching), leavingSection(leaving)],
        scenarios: [],
        assumptions: Object.entries(matchThresholds).map(([name, value]) => ({ name: thresholdWords[name]!, value, source: 'Stated, not estimated.', usedIn: 'matching' })),
        notes: [],
      }
      return { page }
    },
  })
}

const thresholdWords: Readonly<Record<string, string>> = {
  similarName: 'names are alike from', alikeAddress: 'addresses are alike from', equalName: 'names are nearly equal from',
  relatedAddress: 'addresses share something from', equalAddress: 'addresses are nearly equal from', relatedName: 'names share something from',
  reviewName: 'names are looked at from',
}

const count = { role: 'count', format: 'integer' } as const

interface Facts {
  readonly byLine: ArrowTable
  readonly changes: readonly Readonly<Record<string, string | number>>[]
  readonly byCountry: ArrowTable
  readonly cohorts: ArrowTable
}

/** One row an interval between lists. */
async function changeRows(engine: Engine, { statuses }: Links, { dates }: Entries): Promise<Facts['changes']> {
  const of = (status: string) => sql`CAST(sum(CASE WHEN s.status = ${status} THEN 1 ELSE 0 END) AS INTEGER)`
  const table = await engine.query(relation('changes', { key: ['year_from'] }, sql`
    SELECT s.year_from, ${of('continue')} AS kept, ${of('drop')} AS dropped, ${of('add')} AS added,
      CAST(sum(CASE WHEN s.status = 'add' AND s.reformed = 1 THEN 1 ELSE 0 END) AS INTEGER) AS reformed,
      CAST(sum(CASE WHEN s.status = 'drop' AND s.partner_present = 1 THEN 1 ELSE 0 END) AS INTEGER) AS elsewhere
    FROM ${statuses} AS s GROUP BY s.year_from`))
  return table.toArray().map((row, index) => {
    const [from, to] = [dates[index]!, dates[index + 1]!]
    return { interval: `${from.date} to ${to.date}`, months: to.months - from.months, before: Number(row.kept) + Number(row.dropped), kept: Number(row.kept),
      drop: Number(row.dropped), elsewhere: Number(row.elsewhere), added: Number(row.added), reformed: Number(row.reformed) }
  })
}

function changesByLine({ statuses }: Links) {
  const of = (status: string) => sql`CAST(sum(CASE WHEN s.status = ${status} THEN 1 ELSE 0 END) AS INTEGER)`
  return relation('changes_by_line', { key: ['line', 'year_from'] }, sql`
    SELECT s.line, s.year_from, ${of('continue')} AS continued, ${of('drop')} AS dropped, ${of('add')} AS added FROM ${statuses} AS s GROUP BY s.line, s.year_from`)
}

function listSection({ brands, dates, buyer }: Entries): PageSection {
  const labels = [...new Set(brands.map(({ brands: label }) => label))].sort()
  const rows = labels.map((label) => ({
    label, ...Object.fromEntries(dates.map(({ wave, date }) => [date, brands.find((one) => one.wave === wave && one.brands === label)?.rows ?? 0])),
  }))
  return {
    id: 'compared', title: 'What is compared',
    blocks: [
      { kind: 'prose', text: `Rows of \`${buyer}\` are followed, whatever other brands a row names. A list that was exported for one brand would otherwise make every factory of the others look new.` },
      dataTable('brands', 'Rows by brands and list', rows, {
        columns: [{ key: 'label', label: 'Brands', role: 'label' }, ...dates.map(({ date }) => ({ key: date, label: date, ...count }))], total: 'All', unitName: 'rows',
      }),
    ],
  }
}

function matchingSection({ passes, kept, review }: Matching, names: boolean): PageSection {
  const counts = passes.map(({ from, to, rows, passes: by, uncertain }) => ({ pair: `${from} and ${to}`, rows, reviewed: by.reviewed, same: by['same name'], similar: by['similar name'], address: by['same address'], uncertain }))
  return {
    id: 'how-matched', title: 'How rows were matched',
    blocks: [
      {
        kind: 'prose',
        text: 'Rows of one country are compared, each is matched once: first equal names without legal forms, accents and abbreviations, then names and addresses that are both alike, '
          + 'then nearly equal addresses. Names that differ in a number are never matched without a look. A list is matched with the one before; what is left, with earlier lists.',
      },
      dataTable('passes', 'Pairs by pass, all brands', counts, {
        columns: [{ key: 'pair', label: 'Lists', role: 'label' }, { key: 'rows', label: 'Rows of the earlier', ...count }, { key: 'reviewed', label: 'Reviewed', ...count }, { key: 'same', label: 'Same name', ...count },
          { key: 'similar', label: 'Similar name', ...count }, { key: 'address', label: 'Same address', ...count }, { key: 'uncertain', label: 'To look at', ...count }],
        unitName: 'rows', notes: ['Lists that are not neighbours: factories that come back.'],
      }),
      keptTable(kept),
      ...(names && review.length > 0 ? [reviewTable(review)] : []),
    ],
  }
}

/** The most alike first. Names of few factories: left out under `--min-cell`. */
function reviewTable(rows: readonly ReviewRow[]) {
  const shown = [...rows].sort((a, b) => b.name + b.address - (a.name + a.address)).slice(0, shownPairs)
  const score = { decimals: 2 } as const
  return dataTable('review', 'Pairs to look at', shown.map((row) => ({ ...row })), {
    columns: [{ key: 'nameBefore', label: 'Name', role: 'label' }, { key: 'nameAfter', label: 'Later name' }, { key: 'name', label: 'Name score', format: score },
      { key: 'address', label: 'Address score', format: score }, { key: 'reason', label: 'Why' }, { key: 'linked', label: 'Taken as' }],
    notes: [`${rows.length > shown.length ? 'The most alike are shown. ' : ''}review.csv of the step matching has all, with lists and addresses.`],
  })
}

function keptTable(kept: readonly KeptByRule[]) {
  const rules = kept[0]!.kept.map(({ rule }) => rule)
  const rows = rules.map((rule, index) => ({ rule, ...Object.fromEntries(kept.map(({ from, rows: n, kept: by }) => [from, 1 - by[index]!.rows / n])) }))
  return dataTable('matching-rules', 'Share of the factories not found on the next list, by rule', rows, {
    columns: [{ key: 'rule', label: 'Matched by', role: 'label' }, ...kept.map(({ from, to }) => ({ key: from, label: `${from} to ${to}`, format: { percent: 1 } as const }))],
    notes: ['The rules in use end with the same address. The last row takes every uncertain pair for the same factory: a bound, not an estimate.'],
  })
}

function changeSection(entries: Entries, { changes, byLine, byCountry, cohorts }: Facts, { kept }: Matching): PageSection {
  return {
    id: 'changes', title: 'Who stays, leaves and comes',
    blocks: [
      dataTable('statuses', 'Links between lists', changes.map((row) => ({ ...row, share: Number(row.drop) / Number(row.before) })), {
        columns: [{ key: 'interval', label: 'Lists', role: 'label' }, { key: 'months', label: 'Months', role: 'label' }, { key: 'before', label: 'Before', ...count }, { key: 'kept', label: 'Continued', ...count },
          { key: 'drop', label: 'Dropped', ...count }, { key: 'elsewhere', label: 'of these with other brands', ...count }, { key: 'added', label: 'Added', ...count },
          { key: 'reformed', label: 'of these come back', ...count }, { key: 'share', label: 'Dropped, share', format: { percent: 1 }, follows: 'drop' }],
        unitName: 'factories',
      }),
      dataTable('lines', 'Links by what the factory makes', rowsOf(byLine).map((row) => ({ ...row, interval: changes[Number(row.year_from) - entries.dates[0]!.wave]!.interval! })), {
        columns: [{ key: 'line', label: 'Makes', role: 'label' }, { key: 'interval', label: 'Lists', role: 'label' }, { key: 'continued', label: 'Continued', ...count },
          { key: 'dropped', label: 'Dropped', ...count }, { key: 'added', label: 'Added', ...count }],
        unitName: 'factories',
        notes: ['A list may also grow because it covers more: many added of one kind at once, as of materials, may be factories listed for the first time, not new links.'],
      }),
      cohortFigure(entries, cohorts),
      countryMap(byCountry, entries),
      dataTable('countries', 'Factories by country', rowsOf(byCountry).map(({ numeric: _, country: __, ...row }) => row), {
        columns: [{ key: 'name', label: 'Country', role: 'label' }, { key: 'first', label: entries.dates[0]!.date, ...count }, { key: 'continued', label: 'Continued', ...count },
          { key: 'dropped', label: 'Dropped', ...count }, { key: 'added', label: 'Added', ...count }, { key: 'last', label: entries.dates.at(-1)!.date, ...count }],
        unitName: 'factories', notes: [`Continued, dropped and added over the ${kept.length} intervals.`],
      }),
    ],
  }
}

function cohortFigure({ dates }: Entries, cohorts: ArrowTable): FigureModel {
  const rows = rowsOf(cohorts)
  const series = dates.slice(0, -1).flatMap(({ wave, date, months }) => {
    const own = rows.filter(({ cohort }) => cohort === wave)
    const size = Number(own.find((row) => row.wave === wave)?.factories ?? 0)
    if (size === 0) return []
    const later = dates.filter((list) => list.wave >= wave)
    const still = later.map((list) => Number(own.find((row) => row.wave === list.wave)?.factories ?? 0))
    return [{ name: `first listed ${date}`, x: later.map((list) => list.months - months), y: still.map((factories) => factories / size), units: still }]
  })
  return {
    kind: 'lines', id: 'cohorts', title: 'Share still on the list', caption: 'Factories by the list they are first on: the share on later lists, those that come back included.',
    x: { label: 'months since first listed' }, y: { label: 'share on the list', format: { percent: 0 }, domain: [0, 1] }, series, unitName: 'factories',
  }
}

function countryMap(byCountry: ArrowTable, { dates }: Entries): FigureModel {
  const places = rowsOf(byCountry).map(({ name, numeric, last }) => ({ name: String(name), country: String(numeric), value: Number(last), units: Number(last) }))
  return {
    kind: 'map', geography: 'countries', id: 'map', title: `Factories by country, ${dates.at(-1)!.date}`, valueLabel: 'factories', format: 'integer', unitName: 'factories', places,
  }
}

const labels: Readonly<Record<string, string>> = {
  'log(km)': 'log distance to headquarters', 'log(workers)': 'log workers', 'log1p(city_others)': 'log (1 + others in the city)',
  'log1p(country_others)': 'log (1 + others elsewhere in the country)', 'log1p(group_others)': 'log (1 + others of the supplier group)',
  'line::equipment': 'equipment', 'line::footwear': 'footwear', 'line::materials': 'materials',
}

function leavingSection({ cloglog, logit, cox }: Leaving): PageSection {
  const columns = [
    modelColumn(cloglog, tidy(cloglog), { name: '(1)', model: 'Grouped hazard', outcome: 'dropped' }),
    modelColumn(logit, tidy(logit), { name: '(2)', model: 'Logit', outcome: 'dropped' }),
    modelColumn(cox, tidy(cox), { name: '(3)', model: 'Cox', outcome: 'dropped' }),
  ]
  return {
    id: 'leaving', title: 'What goes with leaving',
    blocks: [
      {
        kind: 'prose',
        text: 'A factory on a list is at risk until the next one. The grouped hazard and the logit have an effect for each interval, which takes its length in; Cox runs over calendar months. '
          + 'Other factories of the buyer in the city and the country are those of the same list. Distances are to the main city of the country, at home the mean distance inside it: '
          + 'they say nothing about places within a country.',
      },
      regressionTable('leaving-models', 'Not on the next list', columns, {
        stars: [0.1, 0.05, 0.01], labels, unitName: 'factories on a list', indicators: [{ label: 'Interval effects', prefix: 'wave::' }], omit: ['(Intercept)'],
        notes: ['Apparel is the reference.'],
      }),
      coefficientFigure(
        { id: 'leaving-coefficients', title: 'What goes with leaving', caption: 'Grouped hazard, 95 % intervals clustered by city: above zero, factories leave sooner.' },
        columns.slice(0, 1), { labels, omit: cloglog.terms.filter((term) => term === '(Intercept)' || term.startsWith('wave::')), unitName: 'factories on a list' },
      ),
    ],
  }
}
