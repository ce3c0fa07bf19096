/** Tables 1 to 3 and Figures 1 and 2 of Canello and Pavone on the survey at hand, beside what they print. */
import { dataTable, tidy, type ArrowTable, type AverageEffect, type FigureModel, type Fit, type PageSection, type TableModel, type TransitionQuantities } from 'reshore'
import { groups, publishedAverages, publishedEntry, publishedExit, type AverageName } from './published.js'
import { capital, rowsOf, type Row } from '../shared/words.js'

export interface PaperResults {
  /** Active firm-years 2007-2012, with their sector and money. */
  readonly outsourcers: ArrowTable
  /** Company-years 2007-2012 with subsidiaries abroad. */
  readonly investors: ArrowTable
  /** Firms or companies by sector, mode and destination in 2008. */
  readonly destinations: ArrowTable
  /** Active firms by area in 2008. */
  readonly places: ArrowTable
  readonly reProbit: Fit<'re-probit'>
  readonly reLogit: Fit<'re-logit'>
  readonly cox: Fit<'cox'>
  readonly cloglog: Fit
  readonly effects: Readonly<Record<Model, readonly AverageEffect[]>>
  readonly transitions: Readonly<Record<Model, TransitionQuantities>>
}

type Model = 'reProbit' | 'reLogit'
type Labels = Readonly<Record<string, string>>

export function paperSection(labels: Labels, results: PaperResults): PageSection {
  return {
    id: 'paper', title: 'The published tables and figures, on these data',
    blocks: [
      { kind: 'prose', text: 'Canello and Pavone\'s numbers stand beside ours. The data here are synthetic and only as many firms as were drawn: ours need not be theirs. Their Table 2 is titled probit and described as logit; its coefficients fit a probit, and the data here are made by one. Both are estimated.' },
      averagesTable(results), destinationFigure(results), placesFigure(results), entryTable(labels, results), effectsTable(labels, results), transitionTable(results), exitTable(labels, results),
    ],
  }
}

/** Table 1. */
function averagesTable({ outsourcers, investors }: PaperResults): TableModel {
  const [active, abroad] = [rowsOf(outsourcers), rowsOf(investors)]
  const columns = [of(active, 'clothing', 'firm'), of(abroad, 'clothing', 'company'), of(active, 'footwear', 'firm'), of(abroad, 'footwear', 'company')]
  const values: Readonly<Record<AverageName, (group: Group, fdi: boolean) => number | null>> = {
    firms: ({ units }) => units,
    duration: ({ rows, units }) => ratio(rows.length, units),
    turnover: (group) => average(group, 'output'),
    employees: (group) => average(group, 'employees'),
    exportShare: (group, fdi) => (fdi ? null : percent(average(group, 'export_share'))),
    foreignCost: (group, fdi) => (fdi ? null : average(group, 'foreign_cost')),
    italianCost: (group, fdi) => (fdi ? null : average(group, 'italian_cost')),
    subsidiaries: (group, fdi) => (fdi ? average(group, 'subsidiaries') : null),
    district: (group, fdi) => (fdi ? null : percent(average(group, 'district'))),
  }
  const names = Object.keys(values) as AverageName[]
  const cells = (value: (name: AverageName) => number | null) => Object.fromEntries(names.map((name) => [name, value(name)]))
  const data = columns.flatMap((group, g) => [
    { label: capital(groups[g]!), units: group.units, ...cells((name) => values[name](group, g % 2 === 1)) },
    { label: `${capital(groups[g]!)}, published`, units: publishedAverages.firms[g]!, ...cells((name) => publishedAverages[name][g]!) },
  ])
  return dataTable('table-1', 'Table 1: averages by sector, 2007-2012', data, {
    columns: [{ key: 'label', label: '', role: 'label' }, { key: 'firms', label: 'Firms', role: 'count', format: 'integer' },
      { key: 'duration', label: 'Years', format: { decimals: 2 } }, { key: 'turnover', label: 'Turnover', format: 'integer' }, { key: 'employees', label: 'Employees', format: { decimals: 1 } },
      { key: 'exportShare', label: 'Export share, %', format: { decimals: 1 } }, { key: 'foreignCost', label: 'Foreign subcontracting', format: 'integer' },
      { key: 'italianCost', label: 'Italian subcontracting', format: 'integer' }, { key: 'subsidiaries', label: 'Foreign subsidiaries', format: { decimals: 2 } }, { key: 'district', label: 'In a district, %', format: { decimals: 0 } }],
    units: 'units', unitName: 'firms', notes: ['Firm-years with the activity; money in EUR. Years: with the activity, per firm.'],
  })
}

interface Group {
  readonly rows: readonly Row[]
  readonly units: number
}

function of(rows: readonly Row[], sector: string, unit: string): Group {
  const own = rows.filter((row) => row.sector === sector)
  return { rows: own, units: new Set(own.map((row) => row[unit])).size }
}

function average({ rows }: Group, name: string): number | null {
  const known = rows.flatMap((row) => (row[name] === null ? [] : [Number(row[name])]))
  return ratio(known.reduce((sum, value) => sum + value, 0), known.length)
}

const ratio = (sum: number, count: number): number | null => (count === 0 ? null : sum / count)
const percent = (value: number | null): number | null => (value === null ? null : 100 * value)

/** Figure 1: where firms were in 2008, by sector and mode. */
function destinationFigure({ destinations }: PaperResults): FigureModel {
  const rows = rowsOf(destinations)
  const places = [...new Set(rows.map(({ destination }) => String(destination)))]
  return {
    kind: 'bars', id: 'figure-1', title: 'Figure 1: destinations in 2008', unitName: 'firms', counts: true, categories: places, arrangement: 'grouped',
    caption: 'Firms by destination; a firm counts in every destination it uses. Published with usable numbers only for FDI in North Africa: 4 % of clothing, 2 % of footwear.', value: { label: 'firms', format: 'integer' },
    series: groups.map((name) => ({ name, values: places.map((place) => Number(rows.find((row) => row.destination === place && `${String(row.sector)}, ${String(row.mode)}` === name)?.units ?? 0)) })),
  }
}

/** Figure 2: active firms by province in 2008. */
function placesFigure({ places }: PaperResults): FigureModel {
  return {
    kind: 'map', id: 'figure-2', title: 'Figure 2: offshore outsourcers by province, 2008', valueLabel: 'firms', format: 'integer', geography: 'places', unitName: 'firms',
    places: rowsOf(places).map(({ area, active, latitude, longitude }) => ({ name: String(area), value: Number(active), units: Number(active), latitude: Number(latitude), longitude: Number(longitude) })),
  }
}

/** Table 2. */
function entryTable(labels: Labels, { reProbit, reLogit }: PaperResults): TableModel {
  const [probit, logit] = [reProbit, reLogit].map((fit) => new Map(tidy(fit).map((row) => [row.term, row])))
  const data = Object.entries(publishedEntry).map(([term, [coefficient, stdError]]) => ({
    label: labels[term] ?? term, published: coefficient, publishedError: stdError,
    probit: probit!.get(term)!.estimate, probitError: probit!.get(term)!.stdError, logit: logit!.get(term)!.estimate, logitError: logit!.get(term)!.stdError,
  }))
  const number = { decimals: 3 } as const
  const facts = ([['probit', reProbit], ['logit', reLogit]] as const).map(([link, fit]) => {
    const { sigma_u: sigma, rho, boundaryTest } = fit.detail
    return `${capital(link)}: σ_u ${sigma.toFixed(3)}, ρ ${rho.toFixed(3)}, log-likelihood ${fit.logLikelihood!.toFixed(1)}, test of σ_u = 0 ${boundaryTest.statistic.toFixed(2)} (p ${boundaryTest.pValue.toPrecision(2)}).`
  })
  return dataTable('table-2', 'Table 2: dynamic random-effects models of offshore outsourcing', data, {
    columns: [{ key: 'label', label: '', role: 'label' }, { key: 'published', label: 'Published', format: number }, { key: 'publishedError', label: 's.e.', format: number },
      { key: 'probit', label: 'Probit', format: number }, { key: 'probitError', label: 's.e.', format: number }, { key: 'logit', label: 'Logit', format: number }, { key: 'logitError', label: 's.e.', format: number }],
    notes: [`${reProbit.sample.used.toLocaleString('en-US')} observations, ${reProbit.sample.groups!.toLocaleString('en-US')} firms; published 117,505 and 17,338.`, ...facts,
      'Firm means, employees, sector and region are in the models. Standard errors clustered by firm; how the published ones are made is not said.'],
  })
}

/** Effects on the probability, by which the two links can be compared. */
function effectsTable(labels: Labels, { effects: { reProbit, reLogit } }: PaperResults): TableModel {
  const other = new Map(reLogit.map((effect) => [`${effect.variable} ${effect.contrast}`, effect]))
  const data = reProbit.flatMap((effect) => {
    const same = other.get(`${effect.variable} ${effect.contrast}`)
    return same === undefined ? [] : [{ label: labels[effect.variable] ?? effect.variable, contrast: effect.contrast, probit: effect.estimate, probitError: effect.stdErrorSampling, logit: same.estimate, logitError: same.stdErrorSampling }]
  })
  const number = { significant: 3 } as const
  return dataTable('average-effects', 'Average partial effects on the probability of being active', data, {
    columns: [{ key: 'label', label: '', role: 'label' }, { key: 'contrast', label: 'Contrast' }, { key: 'probit', label: 'Probit', format: number }, { key: 'probitError', label: 's.e.', format: number },
      { key: 'logit', label: 'Logit', format: number }, { key: 'logitError', label: 's.e.', format: number }],
    notes: ['Averaged over firm-years and over the random effect; standard errors by the delta method with the sampling of covariates.'],
  })
}

function transitionTable({ transitions }: PaperResults): TableModel {
  const names = { entry: 'enter within a year', stay: 'stay another year', persistence: 'effect of last year\'s state', duration: 'implied years active', prevalence: 'implied long-run share active' } as const
  const data = (Object.keys(names) as (keyof typeof names)[]).map((key) => ({
    label: names[key], ...transitions.reProbit[key], logit: transitions.reLogit[key].estimate, logitError: transitions.reLogit[key].stdError,
  }))
  const number = { decimals: 3 } as const
  return dataTable('transitions', 'Entering and staying, averaged over firms and the random effect', data, {
    columns: [{ key: 'label', label: '', role: 'label' }, { key: 'estimate', label: 'Probit', format: number }, { key: 'stdError', label: 's.e.', format: number }, { key: 'logit', label: 'Logit', format: number }, { key: 'logitError', label: 's.e.', format: number }],
  })
}

/** Table 3. */
function exitTable(labels: Labels, { cox, cloglog }: PaperResults): TableModel {
  const [first, second] = [cox, cloglog].map((fit) => new Map(tidy(fit).map((row) => [row.term, row])))
  const ratioOf = (rows: typeof first, term: string, prefix: string) => {
    const found = rows!.get(term)
    return { [prefix]: found === undefined ? null : Math.exp(found.estimate), [`${prefix}Low`]: found === undefined ? null : Math.exp(found.conf[0]), [`${prefix}High`]: found === undefined ? null : Math.exp(found.conf[1]) }
  }
  const data = Object.entries(publishedExit).map(([term, { ratio: published, stars }]) => ({ label: labels[term] ?? term, published, stars, ...ratioOf(first, term, 'cox'), ...ratioOf(second, term, 'cloglog') }))
  const number = { decimals: 4 } as const
  return dataTable('table-3', 'Table 3: hazard ratios of coming back', data, {
    columns: [{ key: 'label', label: '', role: 'label' }, { key: 'published', label: 'Published', format: { decimals: 3 } }, { key: 'stars', label: '' },
      ...(['cox', 'cloglog'] as const).flatMap((prefix) => [{ key: prefix, label: prefix === 'cox' ? 'Cox' : 'Cloglog', format: number }, { key: `${prefix}Low`, label: '95 % from', format: number }, { key: `${prefix}High`, label: 'to', format: number }])],
    notes: [`${cox.detail.events} returns in ${cox.sample.used.toLocaleString('en-US')} firm-years at risk; the published table gives neither. Clustered by firm. The published first ratio reads \`0..981\`.`,
      'Per unit of the covariate: here the export share runs from 0 to 1. Region indicators are not in ours.'],
  })
}
