/** The page of the clustering run: a section for each question, with the figures of the paper in its order. */
import { dataTable, type FigureModel, type PageContent, type PageSection, type TableModel, type TreePath, type TreeSolution } from 'reshore'
import type { Curve, Densities, Reshoring, Setup } from './experiments.js'

export interface Designs {
  readonly orders: readonly number[]
  readonly lengths: readonly number[]
  readonly countries: readonly number[]
}

export interface ClusteringResults {
  readonly examples: { readonly path: TreePath; readonly before: TreeSolution; readonly after: TreeSolution }
  readonly curves: {
    readonly specific: readonly (readonly Curve[])[]
    readonly iceberg: readonly (readonly Curve[])[]
    readonly byLength: readonly (readonly Curve[])[]
    readonly byCountries: readonly (readonly Curve[])[]
    readonly relatives: readonly Curve[]
  }
  readonly trade: { readonly shipments: Curve; readonly elasticity: Curve }
  readonly shares: {
    readonly byLength: readonly Reshoring[]
    readonly byOrder: readonly Reshoring[]
    readonly byCountries: readonly Reshoring[]
    readonly spiders: readonly Reshoring[]
  }
  readonly cost: Densities
}

/** The page but for rows and provenance, which the run adds. */
export function clusteringPage(setup: Setup, designs: Designs, results: ClusteringResults): PageContent {
  const { shares, cost, curves } = results
  const baseline = shares.byOrder[designs.orders.indexOf(2)]!
  const half = (curve: Curve): number => curve.x[curve.y.findIndex((value) => value > 0.75)] ?? Infinity
  return {
    title: 'Clustering and reshoring in production trees',
    subtitle: `Two countries, five stages, two parts each (31 parts), unless said otherwise; ${count(setup.firms)} simulated firms a design, ${count(cost.firms)} for densities`,
    summary: [
      'As trade costs fall, parts leave the country of the good they go into; some of them come back, because what they go into has moved to them.',
      `At the baseline ${percent(baseline.firms!)} of firms reshore some part on the way from prohibitive to free trade: ${percent(Math.min(...baseline.byStage))} to ${percent(Math.max(...baseline.byStage))} of the parts of a stage.`,
    ].join('\n\n'),
    highlights: [
      { label: 'firms that reshore a part', value: baseline.firms!, format: { percent: 1 }, note: 'at the baseline, free root' },
      { label: 'parts reshored, stage 1', value: baseline.byStage[0]!, format: { percent: 1 }, note: 'the final good' },
      { label: 'parts reshored, last stage', value: baseline.byStage.at(-1)!, format: { percent: 1 } },
      { label: 'τ at which 3 of 4 parts are with their user', value: half(curves.byLength[designs.lengths.indexOf(5)]![0]!), format: { decimals: 2 }, note: 'at the baseline' },
    ],
    sections: [exampleSection(results), costSection(results), clusteringSection(designs, results), reshoringSection(results), tradeSection(results)],
    scenarios: [],
    assumptions: [
      { name: 'Shape of the Fréchet draws', symbol: 'θ', value: setup.shape, source: 'Simonovska and Waugh, as in the paper', usedIn: 'every simulation' },
      { name: 'What is Fréchet', value: setup.reading, source: setup.reading === 'cost' ? 'the paper\'s text' : 'the other reading of the paper', usedIn: 'every simulation' },
    ],
    notes: [],
  }
}

function exampleSection({ examples: { path, before, after } }: ClusteringResults): PageSection {
  const figure: FigureModel = {
    kind: 'tau-path', id: 'example-path', title: 'A middle part comes home (Fig. 1)', parts: ['part 1', 'part 2', 'part 3', 'part 4', 'part 5'], countries: ['country 1', 'country 2'], segments: path.segments,
    caption: 'Part 3 is made in country 1 at high trade costs, in country 2 between .5 and 1.5, and again in country 1 below .5.',
  }
  const row = (when: string, { location, cost, productionCost, transportQuantity }: TreeSolution) => ({ when, plan: location.map((k) => k + 1).join('-'), cost, productionCost, transportQuantity })
  return {
    id: 'examples', title: 'Two examples',
    blocks: [
      { kind: 'prose', text: 'Five parts follow one another; the first is made in country 1, where each part costs 4, and the others may be made in country 2 at costs 10, 2, 5, 2, 10.' },
      figure,
      { kind: 'prose', text: 'When countries 1 and 2 lower their trade cost from 2 to 1, a third country gains: it makes the last part for the second.' },
      dataTable('example-liberalisation', 'A bilateral liberalisation', [row('before', before), row('after', after)], {
        columns: [{ key: 'when', label: 'Trade cost between 1 and 2' }, { key: 'plan', label: 'Countries of the parts', align: 'left' }, { key: 'cost', label: 'Cost' },
          { key: 'productionCost', label: 'Production' }, { key: 'transportQuantity', label: 'Transport' }],
      }),
    ],
  }
}

function costSection({ cost }: ClusteringResults): PageSection {
  return {
    id: 'cost', title: 'What falling trade costs save',
    blocks: [
      lines('cost-density', 'Cost of a final good across firms, by τ (Fig. 6)', cost.curves, {
        x: 'cost of the final good', y: 'density', caption: `Densities over ${count(cost.firms)} firms; each dominates those at lower τ.`,
      }),
      dataTable('cost-means', 'Mean cost by τ', cost.taus.map((tau, t) => ({ tau, mean: cost.means[t]!, saving: 1 - cost.means[t]! / cost.means.at(-1)! })), {
        columns: [{ key: 'tau', label: 'τ', format: 'short' }, { key: 'mean', label: 'Mean cost', format: { decimals: 3 } }, { key: 'saving', label: 'Below the highest τ', format: { percent: 1 } }],
      }),
    ],
  }
}

function clusteringSection({ orders, lengths, countries }: Designs, { curves }: ClusteringResults): PageSection {
  const share = { x: 'τ', y: 'share of parts made where they are used' }
  const named = (sets: readonly (readonly Curve[])[], names: readonly string[]): Curve[] => sets.map(([curve], i) => ({ ...curve!, name: names[i]! }))
  const byStage = (sets: readonly (readonly Curve[])[], form: string, figure: number) => sets.map((set, i) =>
    lines(`clustering-${form}-${orders[i]}`, `${form === 'specific' ? 'Specific' : 'Iceberg'} trade costs, ${orders[i] === 1 ? 'one part' : `${orders[i]} parts`} a node (Fig. ${figure})`, set, share))
  return {
    id: 'clustering', title: 'Who is made with whom',
    blocks: [
      { kind: 'prose', text: 'S is the share of the parts of a stage that are made in the country of the part they go into. At τ = 0 location is a matter of cost alone and S = 1/K.' },
      ...byStage(curves.specific, 'specific', 7),
      ...byStage(curves.iceberg, 'iceberg', 8),
      lines('clustering-length', 'By number of stages (Fig. 9)', named(curves.byLength, lengths.map((length) => `N = ${length}`)), share),
      lines('clustering-countries', 'By number of countries (Fig. 10)', named(curves.byCountries, countries.map((k) => `K = ${k}`)), share),
      lines('clustering-relatives', 'Direct users and more distant relatives (Fig. 11)', curves.relatives, { x: 'τ', y: 'share of pairs made in one country' }),
    ],
  }
}

function reshoringSection({ shares }: ClusteringResults): PageSection {
  const stages = Math.max(...shares.byLength.map(({ byStage }) => byStage.length))
  const bars = (id: string, title: string, rows: readonly Reshoring[], caption: string): FigureModel => ({
    kind: 'bars', id, title, caption, value: { label: 'share of parts reshored', format: { percent: 0 } },
    categories: Array.from({ length: Math.max(...rows.map(({ byStage }) => byStage.length)) }, (_, stage) => `stage ${stage + 1}`),
    series: rows.map(({ name, byStage }) => ({ name, values: Array.from({ length: stages }, (_, stage) => byStage[stage] ?? null).slice(0, Math.max(...rows.map((row) => row.byStage.length))) })),
  })
  const exact = 'Exact paths: every breakpoint counts, however short the interval.'
  return {
    id: 'reshoring', title: 'Which parts come back',
    blocks: [
      { kind: 'prose', text: 'A part is reshored when it is made in a country at two values of τ and elsewhere in between. Stage 1 is the final good.' },
      bars('reshoring-length', 'By number of stages (Fig. 12 a)', shares.byLength, exact),
      bars('reshoring-order', 'By number of parts a node (Fig. 12 b)', shares.byOrder, exact),
      bars('reshoring-countries', 'By number of countries (Fig. 12 c)', shares.byCountries, 'On a grid of 100 τ from 0 to 2, which misses short intervals.'),
      firmsTable(shares),
    ],
  }
}

function firmsTable({ byLength, byOrder, spiders }: ClusteringResults['shares']): TableModel {
  const rows = [...byLength, ...byOrder, ...spiders].map(({ name, firms }) => ({ design: name, firms: firms! }))
  return dataTable('reshoring-firms', 'Firms that reshore at least one part', rows, {
    columns: [{ key: 'design', label: 'Design' }, { key: 'firms', label: 'Share of firms', format: { percent: 1 } }],
    notes: ['With a fixed market instead of a free root a spider never reshores.'],
  })
}

function tradeSection({ trade }: ClusteringResults): PageSection {
  return {
    id: 'trade', title: 'How trade responds',
    blocks: [
      lines('trade-shipments', 'Shipments between countries a firm', [trade.shipments], { x: 'τ', y: 'shipments', caption: 'The mean transport quantity, which is also the slope of mean cost in τ.' }),
      lines('trade-elasticity', 'Elasticity of shipments to 1 + τ', [trade.elasticity], { x: 'τ', y: 'elasticity' }),
    ],
  }
}

function lines(id: string, title: string, curves: readonly Curve[], { x, y, caption }: { x: string; y: string; caption?: string }): FigureModel {
  return { kind: 'lines', id, title, ...(caption === undefined ? {} : { caption }), x: { label: x }, y: { label: y }, series: curves }
}

const count = (value: number): string => value.toLocaleString('en')
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
