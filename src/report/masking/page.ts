/**
 * `--min-cell` for a whole page: tables, figures, the flow of rows, shares of outcomes. Counts what it hid. Rows in quarantine
 * and the rows of single files leave altogether. A page is masked as a record, so that no number is left to leak from it.
 */
import { ReshoreError } from '../../errors.js'
import type { FigureModel } from '../figures/records.js'
import type { MaskReport, OutcomeShare, PageBlock, PageModel, ScenarioOutcome, ScenarioReport } from '../page/records.js'
import type { TableModel } from '../tables/records.js'
import type { Hidden } from './complementary.js'
import { isSmall } from './complementary.js'
import { maskFigure } from './figure.js'
import { maskFlow } from './flow.js'
import { maskParts, maskTable } from './table.js'

type Item = MaskReport['items'][number]

/**
 * The page with everything below `minCell` units hidden, and how much that was.
 *
 * @example const { page, report } = maskPage(draft, 5)
 */
export function maskPage(page: PageModel, minCell: number): { page: PageModel; report: MaskReport } {
  if (!Number.isInteger(minCell) || minCell < 1) {
    throw new ReshoreError('OptionError', `The smallest cell is ${minCell}.`, 'Give --min-cell a whole number of at least 1.', 2)
  }
  const items: Item[] = []
  const block = (found: PageBlock): PageBlock => (found.kind === 'prose' ? found : maskItem(found, minCell, items))
  const sections = page.sections.map((section) => ({ ...section, blocks: section.blocks.map(block) }))
  const scenarios = page.scenarios.map((scenario): ScenarioReport => ({
    ...scenario,
    blocks: scenario.blocks?.map(block),
    outcomes: scenario.outcomes.map((outcome) => maskOutcome(outcome, minCell, scenario.id, items)),
  }))
  const { flow, ...hidden } = maskFlow(page.flow, minCell)
  if (hidden.primary + hidden.secondary > 0) items.push({ id: 'page-dropped', ...hidden, marks: 0 })
  const inputs = page.provenance.inputs.map((input) => ({ ...input, rows: undefined }))
  const sum = (part: 'primary' | 'secondary' | 'marks'): number => items.reduce((total, item) => total + item[part], 0)
  return {
    page: { ...page, sections, scenarios, flow, quarantine: undefined, provenance: { ...page.provenance, inputs }, minCell },
    report: { minCell, cells: { primary: sum('primary'), secondary: sum('secondary') }, marks: sum('marks'), items },
  }
}

function maskItem(block: TableModel | FigureModel, minCell: number, items: Item[]): TableModel | FigureModel {
  if (block.kind === 'table') {
    const { table, primary, secondary } = maskTable(block, minCell)
    if (primary + secondary > 0) items.push({ id: block.id, primary, secondary, marks: 0 })
    return table
  }
  const { figure, marks } = maskFigure(block, minCell)
  if (marks > 0) items.push({ id: block.id, primary: 0, secondary: 0, marks })
  return figure
}

function maskOutcome(outcome: ScenarioOutcome, minCell: number, id: string, items: Item[]): ScenarioOutcome {
  if (outcome.kind !== 'distribution') return outcome
  return {
    ...outcome,
    base: maskShares(outcome.base, minCell, id, items),
    scenario: maskShares(outcome.scenario, minCell, id, items),
  }
}

/** Shares add up to one, so a lone hidden share would be known; shares of draws have no units and stay. */
function maskShares(shares: readonly OutcomeShare[], minCell: number, id: string, items: Item[]): OutcomeShare[] {
  const units = shares.map((share) => share.units ?? null)
  if (!units.some((count) => isSmall(count, minCell))) return [...shares]
  const marks = maskParts(
    units,
    units.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    minCell,
  )
  note(id, marks, items)
  return shares.map((share, index) => (marks[index] === undefined ? share : { outcome: share.outcome, share: null }))
}

function note(id: string, marks: readonly Hidden[], items: Item[]): void {
  const primary = marks.filter((mark) => mark === 'primary').length
  const secondary = marks.filter((mark) => mark === 'secondary').length
  if (primary + secondary > 0) items.push({ id, primary, secondary, marks: 0 })
}
