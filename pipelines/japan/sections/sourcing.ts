/** The re-solved scenarios: what moves beside the closed form, through which inputs, how firm plans are, and what hangs on assumptions. */
import { dataTable, type Assumption, type DrawInterval, type FigureModel, type JointEstimate, type PageBlock, type PageSection, type SupplierChanges, type SupplierMeasures, type TableModel } from 'reshore'
import { capital } from '../../shared/words.js'
import { assumptions } from '../assumptions.js'
import { layoutOf } from '../joint.js'
import type { Ranges, Resolved, SourcingMeasure, Unsolved } from '../sourcing.js'

const rows: readonly (readonly [key: SourcingMeasure, label: string])[] = [
  ['links', 'Domestic links'], ['substitutes', 'of inputs with e < 1'], ['complements', 'of inputs with e > 1'], ['added', 'Suppliers added'],
  ['dropped', 'Suppliers dropped'], ['logKm', 'Mean ln km of links'], ['imported', 'Inputs bought abroad'], ['revenue', 'Revenue, million yen'],
]
const decimals = { significant: 4 } as const
const interval = (prefix: string, label: string) => [
  { key: `${prefix}Median`, label, format: decimals }, { key: `${prefix}Low`, label: '5 %', format: decimals }, { key: `${prefix}High`, label: '95 %', format: decimals },
]
const spread = (prefix: string, { median, interval: [low, high] }: DrawInterval) => ({ [`${prefix}Median`]: median, [`${prefix}Low`]: low, [`${prefix}High`]: high })

export function sourcingSection(resolved: Resolved | Unsolved, joint: JointEstimate): PageSection {
  const blocks = 'unsolved' in resolved ? [{ kind: 'prose' as const, text: unsolvedWords(resolved) }, ...jointTables(joint)] : [{ kind: 'prose' as const, text: introduction(resolved, joint) }, ...results(resolved), ...jointTables(joint)]
  return { id: 'sourcing', title: 'Suppliers re-solved', blocks }
}

/** What the page says of scenarios without an answer. */
export function unsolvedWords({ unsolved, remedy }: Unsolved): string {
  return `The scenarios are not re-solved. ${unsolved} ${remedy} The estimates of the other sections stand.`
}

function introduction({ changes, industries, buyers, largest, every, population, valued }: Resolved, joint: JointEstimate): string {
  const [{ draws }] = changes as readonly [SupplierChanges]
  const discarded = draws.discarded.map(({ reason, draws: n }) => `${n} (${reason})`).join(', ')
  const share = 1 - draws.kept / draws.asked
  const unknown = industries.filter((_, k) => layoutOf(joint, industries).exponent[k]! < 0)
  return `Supplier sets of ${every === 1 ? `the ${buyers} surveyed buyers` : `${buyers} of ${population} surveyed buyers (the ${largest} largest by sales and one in ${every} of the others)`}, solved exactly at each of ${draws.asked} joint draws of the coefficients, as they are and under each scenario with the same shocks. ` +
    `${every === 1 ? '' : 'Every draw weighs the sampled buyers anew: intervals count that others might have been sampled. `--set solved=N` takes more. '}` +
    'Shares of purchases split capability into what is bought abroad, from suppliers on the lists and otherwise; a link says that its fixed cost is below what it earns, and how many pairs just do not pay follows from κ. ' +
    `${valued ? 'Values of links give the share of listed suppliers and η.' : 'The share of listed suppliers and the split of η + ψ are assumed.'} ` +
    `${unknown.length === 0 ? '' : `Without an estimate of e, inputs count with e = 1: ${unknown.join(', ')}. `}` +
    `Discarded draws: ${discarded === '' ? 'none' : discarded} (${(100 * share).toFixed(1)} %).${share > 0.5 ? ' Most draws are inadmissible: the intervals are those of the few that are left, and say little.' : ''}\n\n` +
    'The closed form is the limit of small suppliers and foreign sources that stay: links move with the odds, revenue by Π Θ^e. What the two differ by is substitution between suppliers, ' +
    'foreign sources that no longer pay, and what suppliers themselves add to capability.'
}

function results(resolved: Resolved): PageBlock[] {
  const { ranges } = resolved
  const [{ base }] = resolved.changes as readonly [SupplierChanges]
  return [
    changeTable(resolved, base), throughTable(resolved), planTable(resolved),
    ...('unsolved' in ranges ? [{ kind: 'prose' as const, text: `There is nothing over the ranges of what is assumed. ${ranges.unsolved} ${ranges.remedy}` }] : [...tornadoes(ranges), rangeTable(ranges, resolved.buyers)]),
  ]
}

function changeTable({ changes, observed, buyers, simulation }: Resolved, base: SupplierMeasures<DrawInterval>) {
  const records = changes.flatMap(({ name, solved, closed }, s) => rows.map(([key, label]) => ({
    name, label, base: base[key].median, simulation: 'unsolved' in simulation ? null : simulation.deviations[s]![key], ...spread('solved', solved[key]), ...(key === 'imported' ? { closedMedian: null, closedLow: null, closedHigh: null } : spread('closed', closed[key])), buyers,
  })))
  return dataTable('sourcing-changes', 'Changes, re-solved and by the closed form', records, {
    units: 'buyers', unitName: 'buyers',
    columns: [{ key: 'name', label: 'Scenario', role: 'label' }, { key: 'label', label: 'Of', role: 'label' }, { key: 'base', label: 'Base', format: decimals },
      ...interval('solved', 'Re-solved'), { key: 'simulation', label: 'Simulation s.d.', format: decimals }, ...interval('closed', 'Closed form')],
    notes: [`Medians and 5–95 % of draws; changes draw by draw. ${'unsolved' in simulation ? `There is no simulation s.d. (${simulation.unsolved})` : `The simulation s.d. is that of the re-solved change at the estimates over the shocks of ${simulation.seeds} other seeds, which the interval leaves out.`} Weighted to all surveyed buyers; ${Math.round(observed).toLocaleString('en-US')} links are observed, the base is re-solved.`],
  })
}

function throughTable({ changes, industries, buyers }: Resolved) {
  const records = changes.flatMap(({ name, solved, closed }) => industries.map((industry, k) => ({ name, industry, ...spread('solved', solved.through[k]!), ...spread('closed', closed.through[k]!), buyers })))
  return dataTable('sourcing-through', 'Growth of ln revenue through each input industry, weighted by sales', records, {
    units: 'buyers', unitName: 'buyers',
    columns: [{ key: 'name', label: 'Scenario', role: 'label' }, { key: 'industry', label: 'Input industry', role: 'label' }, ...interval('solved', 'Re-solved'), ...interval('closed', 'Closed form')],
  })
}

function planTable({ changes, buyers }: Resolved) {
  const share = { percent: 1 } as const
  return dataTable('sourcing-plans', 'How firm the plans are', changes.map(({ name, modal, certain, beyond }) => ({ name, modal, certain, beyond, buyers })), {
    units: 'buyers', unitName: 'buyers',
    columns: [{ key: 'name', label: 'Scenario', role: 'label' }, { key: 'modal', label: 'Draws with the most frequent plan', format: share }, { key: 'certain', label: 'Buyers with one plan in all draws', format: share },
      { key: 'beyond', label: 'Reach beyond the candidates drawn', format: share }],
    notes: ['A plan is which suppliers leave and come; the first column is the mean over buyers. The last is the share of buyers and draws in which still more candidates would pay than were drawn.'],
  })
}

function tornadoes({ effects }: Ranges): FigureModel[] {
  return [...new Set(effects.map(({ scenario }) => scenario))].map((name, index) => {
    const own = effects.filter(({ scenario }) => scenario === name)
    return {
      kind: 'bars', id: `sourcing-tornado-${index + 1}`, title: `Over the ranges of what is assumed: ${name}`,
      caption: `Median change of domestic links with one assumption at the low and the high end of its range, the widest first; ${Math.round(own[0]!.central.median).toLocaleString('en-US').replace('-', '−')} as assumed.`,
      value: { label: 'change of domestic links', format: 'integer' }, categories: own.map(({ assumption }) => assumptions[assumption].name),
      series: [{ name: 'low end', values: own.map(({ low }) => low.median) }, { name: 'high end', values: own.map(({ high }) => high.median) }],
    }
  })
}

function rangeTable({ draws, effects }: Ranges, buyers: number) {
  const records = effects.map(({ scenario, assumption, low, central, high }) => ({
    scenario, assumption: assumptions[assumption].name, from: assumptions[assumption].range[0], to: assumptions[assumption].range[1],
    atLow: low.median, central: central.median, atHigh: high.median, least: Math.min(low.interval[0], high.interval[0]), most: Math.max(low.interval[1], high.interval[1]), buyers,
  }))
  return dataTable('sourcing-ranges', 'Change of domestic links, by what is assumed', records, {
    units: 'buyers', unitName: 'buyers',
    columns: [{ key: 'scenario', label: 'Scenario', role: 'label' }, { key: 'assumption', label: 'Assumption', role: 'label' }, { key: 'from', label: 'Low end', format: decimals }, { key: 'to', label: 'High end', format: decimals },
      { key: 'atLow', label: 'Change at the low end', format: decimals }, { key: 'central', label: 'As assumed', format: decimals }, { key: 'atHigh', label: 'At the high end', format: decimals },
      { key: 'least', label: 'Least', format: decimals }, { key: 'most', label: 'Most', format: decimals }],
    notes: [`Medians over the first ${draws} draws, one assumption moved at a time; least and most are the outer ends of the 5–95 % intervals of both.`],
  })
}

/** Standard errors of what is drawn, and each coefficient's largest correlation with another equation. */
function jointTables({ parameters, values, covariance, clusters, repaired }: JointEstimate): TableModel[] {
  if (parameters.length === 0) return []
  const p = parameters.length
  const error = (j: number): number => Math.sqrt(covariance[j * p + j]!)
  const equation = (j: number): string => parameters[j]!.slice(0, parameters[j]!.lastIndexOf(':'))
  const records = parameters.map((name, j) => {
    const others = parameters.map((other, l) => ({ other, r: covariance[j * p + l]! / (error(j) * error(l)), apart: equation(j) !== equation(l) })).filter(({ apart }) => apart)
    const closest = others.reduce<(typeof others)[number] | undefined>((best, one) => (best === undefined || Math.abs(one.r) > Math.abs(best.r) ? one : best), undefined)
    return { name, estimate: values[j], error: error(j), closest: closest?.other, r: closest?.r, clusters }
  })
  return [dataTable('sourcing-coefficients', 'Coefficients that are drawn together', records, {
    units: 'clusters', unitName: 'firms',
    columns: [{ key: 'name', label: 'Coefficient', role: 'label' }, { key: 'estimate', label: 'Estimate', format: decimals }, { key: 'error', label: 's.e. over firms', format: decimals },
      { key: 'closest', label: 'Closest in another equation', align: 'left' }, { key: 'r', label: 'Correlation', format: { decimals: 2 } }],
    notes: [`Influence summed over ${clusters.toLocaleString('en-US')} firms, of links in either role${repaired ? '; negative eigenvalues set to zero' : ''}. Equations clustered otherwise on this page have other errors there.`],
  })]
}

/** External numbers of the scenarios; those that values of links replace leave. */
export function sourcingAssumptions(resolved: Resolved | Unsolved): Assumption[] {
  if ('unsolved' in resolved) return []
  const { valued } = resolved
  const used = Object.entries(assumptions).filter(([name]) => !valued || (name !== 'listed' && name !== 'potentialShare'))
  return used.map(([, { name, value, range, unit, source }]) => ({ name: capital(name), value, range, unit, source, usedIn: 'suppliers re-solved' }))
}
