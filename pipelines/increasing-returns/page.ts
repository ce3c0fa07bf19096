/** The page of the increasing-returns run: the paper's figures and the counts of its table, in its order. */
import {
  dataTable, envelopeFigure, type ChainDemand, type ChainMarket, type ChainPlan, type Disruption, type FigureModel, type PageContent, type PageSection,
  type PublishedPlan, type UncertaintyPanel,
} from 'reshore'
import type { TableRow } from './instances.js'

export interface IncreasingReturnsResults {
  readonly example: {
    readonly plan: ChainPlan
    readonly constantReturns: ChainPlan
    readonly demand: ChainDemand
    readonly averageCost: ChainMarket
    readonly monopoly: ChainMarket
    readonly iterations: readonly PublishedPlan[]
  }
  readonly table: { readonly rows: readonly (TableRow & { readonly chains: number })[] }
  readonly risk: { readonly plan: ChainPlan; readonly grid: readonly number[]; readonly panels: readonly UncertaintyPanel[]; readonly lost: readonly Disruption[] }
}

export interface Sizes {
  readonly instances: number
  readonly draws: number
}

const countryNames = ['A', 'B', 'C', 'D', 'E']
const words = (chain: readonly number[]): string => chain.map((country) => countryNames[country]!).join('→')

/** The page but for rows and provenance, which the run adds. */
export function increasingReturnsPage(sizes: Sizes, results: IncreasingReturnsResults): PageContent {
  const { example, risk } = results
  const widest = risk.panels.at(-1)!
  const most = (values: Float64Array): number => Math.max(...values)
  return {
    title: 'Value chains with increasing returns',
    subtitle: 'Cobb–Douglas stages, iceberg trade costs, a fixed cost for every stage in a country',
    summary: [
      'A firm that sells little saves on fixed costs; one that sells much on variable costs. Between the two lie a handful of chains, each the cheapest at some scale.',
      `When iceberg costs vary by up to ${percent(widest.spread)} of their level, the best chain changes for up to ${percent(most(widest.changed))} of shocks at some scales; ` +
      `staying with the old one costs up to ${percent(most(widest.loss))} on average. With constant returns it changes for ${percent(widest.constantReturns.changed)} and costs ${percent(widest.constantReturns.loss)}.`,
    ].join('\n\n'),
    highlights: [
      { label: 'optimal chains of 27', value: example.plan.segments.length, format: 'integer', note: 'three stages, three countries' },
      { label: 'optimal chains of 3,125', value: risk.plan.segments.length, format: 'integer', note: 'five stages, five countries' },
      { label: 'largest mean loss from not moving', value: most(widest.loss), format: { percent: 2 }, note: `shocks up to ${percent(widest.spread)}` },
      { label: 'the same with constant returns', value: widest.constantReturns.loss, format: { percent: 2 } },
    ],
    sections: [envelopeSection(results), iterationSection(results), tableSection(sizes, results), riskSection(sizes, results), disruptionSection(results)],
    scenarios: [],
    assumptions: [
      { name: 'Value added of a stage', symbol: 'α', value: 0.5, source: 'chosen: with the draws below the published counts of Table 1 come out', usedIn: 'every instance' },
      { name: 'Unit and iceberg costs', symbol: 'c, τ', value: 'U(1, 2)', source: 'chosen, as above; the paper\'s draws are not published', usedIn: 'every instance' },
      { name: 'Fixed costs', symbol: 'F', value: 'U(0, 1)', source: 'chosen, as above', usedIn: 'every instance' },
    ],
    notes: [],
  }
}

function envelopeSection({ example: { plan, constantReturns, demand, averageCost, monopoly } }: IncreasingReturnsResults): PageSection {
  const kinks = plan.segments.slice(1).map(({ from }) => from.toPrecision(3)).join(' and ')
  const quantities = Array.from({ length: 200 }, (_, k) => 1 * 80 ** (k / 199))
  const costAt = ({ segments }: ChainPlan, quantity: number): number => Math.min(...segments.map(({ marginalCost, fixedCost }) => marginalCost + fixedCost / quantity))
  const rows = ([['average cost', averageCost], ['monopoly', monopoly]] as const).flatMap(([pricing, market]) => market.equilibria.map(({ chain, quantity, price, profit, stable }, k) => (
    { pricing, chain: words(chain), quantity, price, profit, stable, selected: k === market.selected })))
  return {
    id: 'envelope', title: 'The chain depends on the scale',
    blocks: [
      { kind: 'prose', text: `Three stages, three countries, 27 chains. Three of them are the cheapest at some quantity; the chain changes at ${kinks}. Names are countries of the stages, upstream first.` },
      envelopeFigure({ id: 'cost-envelope', title: 'Cost of the cheapest chain, with and without fixed costs (Fig. 1)', caption: 'Kinks are where the firm moves to a chain with higher fixed and lower marginal cost.' },
        [{ name: 'with fixed costs', plan }, { name: 'constant returns', plan: constantReturns }], { countries: countryNames, cost: 'average' }),
      {
        kind: 'lines', id: 'demand', title: 'Demand meets average cost (Fig. 1)', caption: 'Where demand crosses average cost from above, output returns after a small change.',
        x: { label: 'quantity', scale: 'log' }, y: { label: 'price, average cost', scale: 'log' },
        series: [
          { name: 'average cost', x: quantities, y: quantities.map((q) => costAt(plan, q)), dashed: false },
          { name: 'demand', x: quantities, y: quantities.map((q) => (demand.scale / q) ** (1 / demand.elasticity)), dashed: false },
          { name: 'constant returns', x: quantities, y: quantities.map((q) => costAt(constantReturns, q)), dashed: true },
        ],
      },
      dataTable('equilibria', `Equilibria with demand of elasticity ${demand.elasticity}`, rows, {
        columns: [{ key: 'pricing', label: 'Pricing' }, { key: 'chain', label: 'Chain', align: 'left' }, { key: 'quantity', label: 'Quantity', format: 'short' }, { key: 'price', label: 'Price', format: 'short' },
          { key: 'profit', label: 'Profit', format: 'short' }, { key: 'stable', label: 'Stable' }, { key: 'selected', label: 'Selected' }],
        notes: [`Selected: under average-cost pricing ${averageCost.rule}; for the monopoly ${monopoly.rule}.`],
      }),
    ],
  }
}

function iterationSection({ example: { iterations, plan } }: IncreasingReturnsResults): PageSection {
  const onEnvelope = new Set(plan.segments.map(({ chain }) => words(chain)))
  const rows = (['marginal cost', 'fixed cost'] as const).flatMap((minimised, which) => iterations[which]!.visited.map(({ chain, marginalCost, fixedCost }, k) => (
    { minimised, step: k + 1, chain: words(chain), marginalCost, fixedCost, kept: onEnvelope.has(words(chain)) })))
  return {
    id: 'published', title: 'The published iterations',
    blocks: [
      { kind: 'prose', text: 'The paper finds the envelope by 0–1 programs: minimise one cost under a bound on the other, lower the bound to what was found, repeat; then keep the hull. Both orders end at the chains that the exact search finds at once.' },
      dataTable('iterations', 'Chains in the order in which they are found (Fig. 2)', rows, {
        columns: [{ key: 'minimised', label: 'Minimised' }, { key: 'step', label: 'Step', format: 'integer' }, { key: 'chain', label: 'Chain', align: 'left' },
          { key: 'marginalCost', label: 'Marginal cost', format: { decimals: 4 } }, { key: 'fixedCost', label: 'Fixed cost', format: { decimals: 3 } }, { key: 'kept', label: 'On the envelope' }],
        notes: ['Programs solved by HiGHS; the last one of each order, which is infeasible, is not listed.'],
      }),
    ],
  }
}

function tableSection({ instances }: Sizes, { table: { rows } }: IncreasingReturnsResults): PageSection {
  return {
    id: 'counts', title: 'How many chains are ever optimal',
    blocks: [dataTable('optimal-chains', `Mean number of optimal chains over ${instances} instances (Table 1)`, rows.map(({ countries, stages, chains, published }) => (
      { countries, stages, all: countries ** stages, chains, published, difference: chains / published - 1 })), {
      columns: [{ key: 'countries', label: 'Countries', format: 'integer' }, { key: 'stages', label: 'Stages', format: 'integer' }, { key: 'all', label: 'Chains', format: { significant: 3 } },
        { key: 'chains', label: 'Optimal', format: { decimals: 1 } }, { key: 'published', label: 'Published', format: { decimals: 1 } }, { key: 'difference', label: 'Difference', format: { percent: 1 } }],
    })],
  }
}

function riskSection({ draws }: Sizes, { risk: { plan, grid, panels } }: IncreasingReturnsResults): PageSection {
  const lines = (id: string, title: string, y: string, value: (panel: UncertaintyPanel) => Float64Array, flat: (panel: UncertaintyPanel) => number): FigureModel => ({
    kind: 'lines', id, title, x: { label: 'quantity', scale: 'log' }, y: { label: y, format: { percent: 1 } },
    caption: `Shocks to iceberg costs, ${draws} draws. Dashed: constant returns.`,
    series: panels.flatMap((panel) => [
      { name: `up to ±${percent(panel.spread)}`, x: grid, y: Array.from(value(panel)), dashed: false },
      { name: `up to ±${percent(panel.spread)}, constant returns`, x: [grid[0]!, grid.at(-1)!], y: [flat(panel), flat(panel)], dashed: true },
    ]),
  })
  return {
    id: 'risk', title: 'Uncertain trade policy',
    blocks: [
      { kind: 'prose', text: 'Iceberg costs become τ\' = 1 + ζ(τ − 1), ζ uniform on [1 − ζ̄, 1 + ζ̄] and independent over ordered pairs of countries: the mean stays, the variance is ζ̄²(τ − 1)²/3.' },
      envelopeFigure({ id: 'risk-envelope', title: 'The optimal chains of 3,125 (Fig. 3)' }, [{ name: 'before shocks', plan }], { countries: countryNames }),
      lines('risk-changed', 'How often the optimal chain changes (Fig. 3)', 'share of shocks', ({ changed }) => changed, ({ constantReturns }) => constantReturns.changed),
      lines('risk-loss', 'What staying with the old chain costs (Fig. 4)', 'mean cost above the new optimum', ({ loss }) => loss, ({ constantReturns }) => constantReturns.loss),
    ],
  }
}

function disruptionSection({ risk: { grid, lost } }: IncreasingReturnsResults): PageSection {
  const lines = (id: string, title: string, value: (disruption: Disruption) => Float64Array): FigureModel => ({
    kind: 'lines', id, title, x: { label: 'quantity', scale: 'log' }, y: { label: 'cost above before', format: { percent: 0 } },
    series: lost.map((disruption) => ({ name: `without ${countryNames[disruption.country]}`, x: grid, y: Array.from(value(disruption)) })),
  })
  return {
    id: 'disruption', title: 'Losing a country',
    blocks: [
      { kind: 'prose', text: 'Cost when no stage can be in a country, relative to cost before. A firm that may reorganise the whole chain loses less than one that can only move the stages that were there.' },
      lines('lost-reorganised', 'The whole chain is reorganised', ({ reorganised }) => reorganised),
      lines('lost-patched', 'Only the stages that were hit move', ({ patched }) => patched),
    ],
  }
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`
