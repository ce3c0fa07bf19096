/**
 * What would change: base and scenario side by side. Numbers get their difference; chains and allocations are shown as they
 * are, stop by stop, with what moved; distributions over draws stay distributions. Nothing discrete is averaged.
 */
import { differences, drawRanges } from '../figures/ranges.js'
import { html } from '../markup.js'
import type { Markup } from '../markup.js'
import { maskedText } from '../tables/cells.js'
import { formatNumber } from '../tables/numbers.js'
import type { CellValue, DetailedCell, TableModel } from '../tables/records.js'
import { bar } from './bars.js'
import { blockMarkup, drawings, inline, paragraphs, scrolling } from './blocks.js'
import type { OutcomeShare, ScenarioOutcome, ScenarioReport } from './records.js'

type Outcome<K extends ScenarioOutcome['kind']> = Extract<ScenarioOutcome, { kind: K }>

/** A discrete outcome drawn, and what changed in words. */
interface Drawn {
  readonly body: Markup
  readonly verdict: string
}

/** One scenario as a section of the page. */
export async function scenarioMarkup(scenario: ScenarioReport): Promise<Markup> {
  const numbers = scenario.outcomes.filter((outcome): outcome is Outcome<'number'> => outcome.kind === 'number')
  const others = await Promise.all(
    scenario.outcomes.map((outcome, index) => outcome.kind !== 'number' && outcomeMarkup(outcome, `${scenario.id}-${index + 1}`)),
  )
  const table = numbers.length > 0 && html`<div class="outcome">${scrolling(numberTable(scenario.id, numbers))}</div>`
  return html`<section class="scenario" id="${scenario.id}">
    <h3>${scenario.title}</h3>
    ${scenario.description !== undefined && paragraphs(scenario.description)}${changesList(scenario)}
    ${others}${table}${await Promise.all((scenario.blocks ?? []).map(blockMarkup))}
  </section>`
}

function changesList({ changes }: ScenarioReport): Markup | undefined {
  if (changes.length === 0) return undefined
  const show = (value: CellValue): string => (typeof value === 'number' ? formatNumber(value, 'short') : (value ?? ''))
  const lines = changes.map(
    ({ what, from, to, unit = '' }) => html`<li>${what}: ${from !== null && `${show(from)} → `}<b>${show(to)}</b> ${unit}</li>`,
  )
  return html`<ul class="changes">
    ${lines}
  </ul>`
}

function numberTable(id: string, outcomes: readonly Outcome<'number'>[]): TableModel {
  const level = outcomes.find(({ interval }) => interval !== undefined)?.interval?.label
  return {
    kind: 'table',
    id: `${id}-numbers`,
    title: 'Numbers',
    notes: [],
    columns: [
      { key: 'outcome', label: '', role: 'label' },
      { key: 'base', label: 'Base' },
      { key: 'scenario', label: 'Scenario' },
      { key: 'change', label: 'Change' },
      { key: 'relative', label: 'in %', format: { percent: 1 } },
      ...(level === undefined ? [] : [{ key: 'interval', label: `Change, ${level}` }]),
    ],
    rows: outcomes.map(({ label, unit, base, scenario, format, interval }) => {
      const cells: (DetailedCell | CellValue)[] = [
        unit === undefined ? label : `${label} (${unit})`,
        { value: base, format },
        { value: scenario, format },
        { value: scenario - base, format },
        base > 0 ? scenario / base - 1 : null,
      ]
      if (interval !== undefined) cells.push({ value: interval.change[0], upper: interval.change[1], format, brackets: 'square' })
      return { cells }
    }),
  }
}

async function outcomeMarkup(outcome: Exclude<ScenarioOutcome, { kind: 'number' }>, id: string): Promise<Markup> {
  const { body, verdict } = await drawn(outcome, id)
  return html`<div class="outcome">
    <h4>${inline(outcome.label)}</h4>
    ${body}
    <p class="verdict">${verdict}</p>
  </div> `
}

function drawn(outcome: Exclude<ScenarioOutcome, { kind: 'number' }>, id: string): Drawn | Promise<Drawn> {
  switch (outcome.kind) {
    case 'chain':
      return chainSides(outcome)
    case 'distribution':
      return shareSides(outcome)
    case 'ranges':
      return rangeStrips(outcome, id)
  }
}

function pair(base: Markup, scenario: Markup): Markup {
  const side = (name: string, body: Markup): Markup =>
    html`<div class="side">
      <p class="side-name">${name}</p>
      ${body}
    </div>`
  return html`<div class="pair">${side('Base', base)}${side('Scenario', scenario)}</div>`
}

function chainSides({ stages, base, scenario }: Outcome<'chain'>): Drawn {
  const moved = (index: number): boolean => base[index] !== scenario[index]
  const chain = (places: readonly string[], marks: boolean): Markup => {
    const stops = stages.map((stage, index) => {
      const look = marks && moved(index) ? 'stop moved' : 'stop'
      return html`<li>
        <span class="${look}"><b>${places[index] ?? ''}</b><small>${stage}</small></span>
      </li>`
    })
    return html`<ol class="chain">
      ${stops}
    </ol>`
  }
  const moves = stages.flatMap((stage, index) => (moved(index) ? [`${stage} from ${base[index]} to ${scenario[index]}`] : []))
  const verdict = `${moves.length} of ${stages.length} move${moves.length === 1 ? 's' : ''}: ${moves.join('; ')}.`
  return { body: pair(chain(base, false), chain(scenario, true)), verdict: moves.length === 0 ? 'Nothing moves.' : verdict }
}

/** Both sides list the same outcomes in the same order, so that bars can be compared across. */
function shareSides({ base, scenario, of }: Outcome<'distribution'>): Drawn {
  const shareIn = (shares: readonly OutcomeShare[], outcome: string): number | null => {
    const found = shares.find((share) => share.outcome === outcome)
    return found === undefined ? 0 : found.share
  }
  const weight = (outcome: string): number => Math.max(shareIn(base, outcome) ?? 0, shareIn(scenario, outcome) ?? 0)
  const names = new Set([...base, ...scenario].map(({ outcome }) => outcome))
  const outcomes = [...names].sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1))
  const list = (shares: readonly OutcomeShare[]): Markup => {
    const modal = Math.max(0, ...shares.map(({ share }) => share ?? 0))
    return html`<ul class="shares">
      ${outcomes.map((outcome) => shareLine(outcome, shareIn(shares, outcome), modal))}
    </ul>`
  }
  return { body: pair(list(base), list(scenario)), verdict: `Shares of ${of}; the most frequent outcome in bold.` }
}

function shareLine(outcome: string, share: number | null, modal: number): Markup {
  const text = share === null ? maskedText : formatNumber(share, { percent: 1 })
  const look = share !== null && share > 0 && share === modal ? 'modal' : 'other'
  return html`<li class="${look}">
    <div class="line"><span>${outcome}</span> <span>${text}</span></div>
    ${bar(share ?? 0)}
  </li>`
}

async function rangeStrips({ label, axis, scale = 'linear', base, scenario }: Outcome<'ranges'>, id: string): Promise<Drawn> {
  const strips = { id, title: label, axis, scale, base, scenario }
  const [wide, narrow] = await Promise.all([
    drawRanges(strips, { width: 700, idPrefix: `${id}-wide` }),
    drawRanges(strips, { width: 320, idPrefix: `${id}-narrow` }),
  ])
  const end = (to: number | null): string => (to === null ? 'up' : `to ${formatNumber(to, 'short')}`)
  const changes = differences(base, scenario).map(
    (found) => `${found.base} becomes ${found.scenario} from ${formatNumber(found.from, 'short')} ${end(found.to)}`,
  )
  return { body: drawings(wide, narrow), verdict: changes.length === 0 ? 'Nothing changes anywhere.' : `${changes.join('; ')}.` }
}
