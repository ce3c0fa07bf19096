/**
 * What would change: base and scenario side by side. Numbers get their difference; chains and allocations are shown as they
 * are, stop by stop, with what moved; distributions over draws stay distributions. Nothing discrete is averaged.
 */
import { differences, drawRanges } from '../figures/ranges.js'
import { maskedText } from '../tables/cells.js'
import { escapeHtml } from '../tables/html.js'
import { formatNumber } from '../tables/numbers.js'
import type { CellValue, NumberFormat, TableModel } from '../tables/records.js'
import { inline, paragraphs, renderBlock, scrolling } from './blocks.js'
import type { OutcomeShare, ScenarioOutcome, ScenarioReport } from './records.js'

type Outcome<K extends ScenarioOutcome['kind']> = Extract<ScenarioOutcome, { kind: K }>

/** One scenario as a section of the page. */
export async function renderScenario(scenario: ScenarioReport): Promise<string> {
  const numbers = scenario.outcomes.filter((outcome): outcome is Outcome<'number'> => outcome.kind === 'number')
  const others = await Promise.all(scenario.outcomes.map((outcome, index) => renderDiscrete(outcome, `${scenario.id}-${index + 1}`)))
  const blocks = await Promise.all((scenario.blocks ?? []).map(renderBlock))
  return `<section class="scenario" id="${escapeHtml(scenario.id)}"><h3>${escapeHtml(scenario.title)}</h3>` +
    `${scenario.description === undefined ? '' : paragraphs(scenario.description)}${changesList(scenario)}${others.join('\n')}` +
    `${numbers.length === 0 ? '' : `<div class="outcome">${scrolling(numberTable(scenario.id, numbers))}</div>`}${blocks.join('\n')}</section>`
}

function changesList({ changes }: ScenarioReport): string {
  if (changes.length === 0) return ''
  const show = (value: CellValue): string => escapeHtml(typeof value === 'number' ? formatNumber(value, 'short') : (value ?? ''))
  const lines = changes.map(({ what, from, to, unit }) =>
    `<li>${escapeHtml(what)}: ${from === null ? '' : `${show(from)} → `}<b>${show(to)}</b>${unit === undefined ? '' : ` ${escapeHtml(unit)}`}</li>`)
  return `<ul class="changes">${lines.join('')}</ul>`
}

function numberTable(id: string, outcomes: readonly Outcome<'number'>[]): TableModel {
  const label = outcomes.find(({ interval }) => interval !== undefined)?.interval?.label
  return {
    kind: 'table', id: `${id}-numbers`, title: 'Numbers', notes: [],
    columns: [
      { key: 'outcome', label: '', role: 'label' }, { key: 'base', label: 'Base' }, { key: 'scenario', label: 'Scenario' }, { key: 'change', label: 'Change' }, { key: 'relative', label: 'in %' },
      ...(label === undefined ? [] : [{ key: 'interval', label: `Change, ${label}` }]),
    ],
    rows: outcomes.map(({ label: name, unit, base, scenario, format, interval }) => ({
      cells: [
        unit === undefined ? name : `${name} (${unit})`, { value: base, format }, { value: scenario, format }, { value: scenario - base, format }, relativeCell(base, scenario),
        ...(label === undefined ? [] : [interval === undefined ? null : { value: interval.change[0], upper: interval.change[1], format, brackets: 'square' as const }]),
      ],
    })),
  }
}

function relativeCell(base: number, scenario: number): { value: number | null; format: NumberFormat } {
  return { value: base > 0 ? scenario / base - 1 : null, format: { percent: 1 } }
}

/** Numbers stand together in one table; everything else stands for itself. */
async function renderDiscrete(outcome: ScenarioOutcome, id: string): Promise<string> {
  if (outcome.kind === 'number') return ''
  const [body, verdict] = outcome.kind === 'ranges' ? await rangeStrips(outcome, id) : outcome.kind === 'chain' ? chainSides(outcome) : shareSides(outcome)
  return `<div class="outcome"><h4>${inline(outcome.label)}</h4>${body}<p class="verdict">${escapeHtml(verdict)}</p></div>`
}

function pair(base: string, scenario: string): string {
  return `<div class="pair">${side('Base', base)}${side('Scenario', scenario)}</div>`
}

function side(name: string, html: string): string {
  return `<div class="side"><p class="side-name">${name}</p>${html}</div>`
}

function chainSides({ stages, base, scenario }: Outcome<'chain'>): [string, string] {
  const draw = (places: readonly string[], mark: boolean): string =>
    `<ol class="chain">${stages.map((stage, index) => {
      const switched = mark && base[index] !== scenario[index]
      return `<li><span class="stop${switched ? ' moved' : ''}"><b>${escapeHtml(places[index] ?? '')}</b><small>${escapeHtml(stage)}</small></span></li>`
    }).join('')}</ol>`
  const moves = stages.flatMap((stage, index) => (base[index] === scenario[index] ? [] : [`${stage} from ${base[index]} to ${scenario[index]}`]))
  const verdict = moves.length === 0 ? 'Nothing moves.' : `${moves.length} of ${stages.length} move${moves.length === 1 ? 's' : ''}: ${moves.join('; ')}.`
  return [pair(draw(base, false), draw(scenario, true)), verdict]
}

/** Both sides list the same outcomes in the same order, so that bars can be compared across. */
function shareSides({ base, scenario, of }: Outcome<'distribution'>): [string, string] {
  const weight = (outcome: string): number => Math.max(...[base, scenario].map((shares) => shares.find((share) => share.outcome === outcome)?.share ?? 0))
  const outcomes = [...new Set([...base, ...scenario].map(({ outcome }) => outcome))].sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1))
  const draw = (shares: readonly OutcomeShare[]): string => {
    const modal = Math.max(0, ...shares.map(({ share }) => share ?? 0))
    return `<ul class="shares">${outcomes.map((outcome) => {
      const found = shares.find((share) => share.outcome === outcome)
      const share = found === undefined ? 0 : found.share
      const text = share === null ? maskedText : formatNumber(share, { percent: 1 })
      return `<li${share !== null && share > 0 && share === modal ? ' class="modal"' : ''}><div class="line"><span>${escapeHtml(outcome)}</span><span>${text}</span></div>${shareBar(share ?? 0)}</li>`
    }).join('')}</ul>`
  }
  return [pair(draw(base), draw(scenario)), `Shares of ${of}; the most frequent outcome in bold.`]
}

function shareBar(share: number): string {
  return `<svg class="bar" viewBox="0 0 1000 6" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width="1000" height="6"/><rect class="kept" width="${(1000 * share).toFixed(1)}" height="6"/></svg>`
}

async function rangeStrips({ label, axis, scale = 'linear', base, scenario }: Outcome<'ranges'>, id: string): Promise<[string, string]> {
  const strips = { id, title: label, axis, scale, base, scenario }
  const [wide, narrow] = await Promise.all([drawRanges(strips, { width: 700, idPrefix: `${id}-wide` }), drawRanges(strips, { width: 320, idPrefix: `${id}-narrow` })])
  const end = (to: number | null): string => (to === null ? 'up' : `to ${formatNumber(to, 'short')}`)
  const lines = differences(base, scenario).map((found) => `${found.base} becomes ${found.scenario} from ${formatNumber(found.from, 'short')} ${end(found.to)}`)
  return [`<div class="drawing wide">${wide}</div><div class="drawing narrow">${narrow}</div>`, lines.length === 0 ? 'Nothing changes anywhere.' : `${lines.join('; ')}.`]
}
