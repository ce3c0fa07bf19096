/** The page of the selection run: the paper's Figure 1, other distributions, and the statements that hold. */
import {
  dataTable, type FigureModel, type PageContent, type PageSection, type ParetoThresholds, type SelectionClaim, type SelectionPath, type SelectionProblem,
} from 'reshore'

export interface SelectionResults {
  readonly figure: { readonly curves: readonly { readonly wageGap: number; readonly thresholds: ParetoThresholds; readonly at: number; readonly path: SelectionPath }[] }
  readonly others: { readonly curves: readonly { readonly name: string; readonly crossings: readonly number[]; readonly path: SelectionPath }[] }
  readonly claims: { readonly industries: readonly { readonly name: string; readonly claims: readonly SelectionClaim[] }[] }
}

interface Curve {
  readonly name: string
  readonly y: ArrayLike<number>
  readonly dashed?: boolean
}

/** The page but for rows and provenance, which the run adds. */
export function selectionPage(base: SelectionProblem, intensity: readonly number[], results: SelectionResults): PageContent {
  const { figure: { curves } } = results
  const [first, last] = [curves[0]!, curves.at(-1)!]
  return {
    title: 'Offshoring and selection within an industry',
    subtitle: 'Entry, exit and the choice to offshore part of production, in autarky and with offshoring',
    summary: [
      'Offshoring lowers costs for firms that pay for it, raises competition, and drives the least productive out. Prices fall and consumers gain at every offshore intensity.',
      `The number of varieties does not follow: ${gainWords(first)}, ${gainWords(last)}. Below that it falls; the gain comes where every active firm offshores.`,
    ].join('\n\n'),
    highlights: curves.flatMap(({ wageGap, thresholds, at }) => [
      { label: `variety above autarky from z̄, ω = ${wageGap}`, value: thresholds.varietyGain, format: { decimals: 4 } as const },
      { label: `change in varieties at z = ${base.intensity}, ω = ${wageGap}`, value: at - 1, format: { percent: 1 } as const },
    ]),
    sections: [varietySection(base, intensity, results), distributionSection(intensity, results), claimSection(results)],
    scenarios: [],
    assumptions: [
      { name: 'Substitution between varieties', symbol: 'α', value: base.alpha!, source: 'the paper\'s Figure 1', usedIn: 'every industry' },
      { name: 'Curvature of sector demand', symbol: 'μ', value: base.mu, source: 'the paper\'s Figure 1', usedIn: 'every industry' },
      { name: 'Fixed cost of offshoring over that at home', symbol: 'F', value: base.offshoringCost / base.domesticCost, source: 'the paper\'s Figure 1', usedIn: 'every industry' },
      { name: 'Entry cost a period over the fixed cost at home', symbol: 'δf/f_d', value: (base.deathRate * base.entryCost) / base.domesticCost, source: 'chosen; Pareto ratios do not depend on it', usedIn: 'other distributions' },
    ],
    notes: [],
  }
}

function gainWords({ wageGap, thresholds: { varietyGain } }: SelectionResults['figure']['curves'][number]): string {
  const gain = varietyGain === null ? 'rises at every z' : varietyGain < 1 ? `exceeds autarky from z̄ = ${varietyGain.toFixed(4)}` : 'is below autarky at every z'
  return `at ω = ${wageGap} it ${gain}`
}

function varietySection({ intensity: z }: SelectionProblem, intensity: readonly number[], { figure: { curves } }: SelectionResults): PageSection {
  return {
    id: 'varieties', title: 'How many varieties',
    blocks: [
      { kind: 'prose', text: 'With Pareto productivity the number of varieties is U-shaped in the offshore intensity: it falls while only some firms offshore, whatever the wage gap, and rises once all of them do.' },
      lines('variety', 'Change in the number of varieties against autarky (Fig. 1)', 'change in varieties', intensity,
        curves.map(({ wageGap, path }, k) => ({ name: `ω = ${wageGap}`, y: path.variety.map((ratio) => ratio - 1), dashed: k > 0 }))),
      dataTable('thresholds', 'Offshore intensities that matter', curves.map(({ wageGap, thresholds, at }) => ({ wageGap, all: thresholds.allOffshore, gain: thresholds.varietyGain, at: at - 1 })), {
        columns: [{ key: 'wageGap', label: 'ω', format: 'short' }, { key: 'all', label: 'All offshore from', format: { decimals: 4 } }, { key: 'gain', label: 'Variety above autarky from', format: { decimals: 4 } },
          { key: 'at', label: `Change in varieties at z = ${z}`, format: { percent: 1 } }],
      }),
      lines('welfare', 'Prices and consumer surplus', 'relative to autarky', intensity,
        curves.flatMap(({ wageGap, path }) => [{ name: `price index, ω = ${wageGap}`, y: path.price }, { name: `consumer surplus, ω = ${wageGap}`, y: path.revenue, dashed: true }])),
    ],
  }
}

function distributionSection(intensity: readonly number[], { figure, others }: SelectionResults): PageSection {
  const pareto = figure.curves[0]!
  const all: readonly { readonly name: string; readonly path: SelectionPath }[] = [{ name: 'Pareto', path: pareto.path }, ...others.curves]
  return {
    id: 'distributions', title: 'Other distributions of productivity',
    blocks: [
      { kind: 'prose', text: `The same industry at ω = ${pareto.wageGap} with other productivities. The shape stays; where the gain begins moves with the tail.` },
      lines('variety-distributions', 'Change in the number of varieties against autarky', 'change in varieties', intensity, all.map(({ name, path }) => ({ name, y: path.variety.map((ratio) => ratio - 1) }))),
      lines('offshorers', 'Share of active firms that offshore', 'share of firms', intensity, all.map(({ name, path }) => ({ name, y: path.offshoringFirms }))),
      dataTable('crossings', 'Where variety returns to autarky', others.curves.map(({ name, crossings }) => ({ name, z: crossings.length === 0 ? 'nowhere' : crossings.map((value) => value.toFixed(4)).join(', ') })), {
        columns: [{ key: 'name', label: 'Distribution' }, { key: 'z', label: 'z', align: 'left' }],
      }),
    ],
  }
}

function claimSection({ claims: { industries } }: SelectionResults): PageSection {
  return {
    id: 'claims', title: 'What the model says and what the paper says',
    blocks: industries.map(({ name, claims }, k) => dataTable(`claims-${k + 1}`, `Relative to autarky, ${name}`, claims.map(({ about, paper, corrected, ratio }) => ({ about, paper, corrected, ratio })), {
      columns: [{ key: 'about', label: 'What' }, { key: 'ratio', label: 'Ratio', format: { decimals: 3 } }, { key: 'paper', label: 'The paper', align: 'left' }, { key: 'corrected', label: 'From its model', align: 'left' }],
      notes: ['No ratio where there are no such firms.'],
    })),
  }
}

function lines(id: string, title: string, label: string, x: readonly number[], curves: readonly Curve[]): FigureModel {
  return { kind: 'lines', id, title, x: { label: 'offshore intensity z' }, y: { label }, series: curves.map(({ name, y, dashed = false }) => ({ name, x, y: Array.from(y), dashed })) }
}
