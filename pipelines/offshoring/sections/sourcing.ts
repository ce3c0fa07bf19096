/** Where it would be made: the envelope of chains over output, and the exact path over trade costs. */
import { dataTable, envelopeFigure, tauPathFigure, type ChainPlan, type Costs, type PageSection, type TreePath } from 'reshore'
import type { AnyStudy } from '../study.js'

export interface Plans {
  readonly chain: ChainPlan
  readonly tree: TreePath
}

export function sourcingSection({ words: { currency } }: AnyStudy, { chain, tree }: Plans, { locations, stages }: Costs): PageSection {
  const named = (places: readonly number[]): string => places.map((place) => locations[place]!).join('→')
  const rows = chain.segments.map(({ chain: places, ...segment }) => ({ chain: named(places), ...segment }))
  const table = dataTable('chains', 'The envelope', rows, {
    columns: [
      { key: 'chain', label: 'Chain', role: 'label' },
      { key: 'marginalCost', label: 'Marginal cost', format: { decimals: 4 } },
      { key: 'fixedCost', label: `Fixed cost, ${currency}`, format: 'integer' },
      { key: 'from', label: 'From output', format: 'integer' },
      { key: 'to', label: 'to', format: 'integer' },
    ],
    notes: [`Stages: ${stages.join(', then ')}.`],
  })
  const envelope = envelopeFigure({ id: 'envelope', title: 'The cheapest chain by yearly output' }, [{ name: 'today', plan: chain }], {
    countries: locations,
    quantity: `yearly output, ${currency}`,
    costLabel: 'average cost',
  })
  const caption = 'Unit costs only, without fixed costs: an exact path, every change of place is a breakpoint.'
  const path = tauPathFigure({ id: 'tau-path', title: 'Where each stage is made as trade costs change', caption }, tree, {
    parts: [...stages].reverse(),
    countries: locations,
    tau: 'trade costs (1: today)',
    cost: 'unit cost',
  })
  return { id: 'sourcing', title: 'Where it would be made', blocks: [table, envelope, path] }
}
