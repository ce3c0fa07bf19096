/** The equations: gravity of links (E1), offshoring and buyers (E2), dropping (E3), adding (E4), returns to scale (E5). */
import { dataTable, modelColumn, regressionTable, tidy, type Fit, type PageSection, type TableModel } from 'reshore'
import type { FourWays } from '../equations.js'
import type { GravityFits } from '../gravity.js'
import type { OffshoringFits, Sides } from '../offshoring.js'
import type { ScaleFits } from '../scale.js'
import { balanceTable, estimateTable, shockTable, strengthTable, termWords, type Labelled } from './equations.js'

/** Names of the sums over the pairs of a quad as in the other columns. */
const quadTerms: Readonly<Record<string, string>> = { log_km_beta: 'log_km:beta', log_km_size: 'log_km:log_size' }

export function gravitySection(fits: GravityFits): PageSection {
  const column = (name: string, fit: Fit | undefined, words: { readonly model?: string; readonly outcome?: string } = {}) =>
    (fit === undefined ? [] : [modelColumn(fit, tidy(fit), { name, ...words })])
  const columns = [
    ...column('E1a', fits.plain), ...column('E1a, interacted', fits.logit), ...column('E1a, weighted', fits.weighted, { model: 'Weighted logit' }),
    ...column('E1a, abroad', fits.abroad), ...column('E1a, cells', fits.counts),
    ...column('E1b', fits.twoSided), ...column('E1b, triple', fits.triple), ...column('E1c', fits.within), ...column('E1c, pairs', fits.conditional),
    ...(fits.quads === undefined ? [] : [modelColumn(fits.quads, tidy(fits.quads).map((row) => ({ ...row, term: quadTerms[row.term] ?? row.term })), { name: 'E1c, quads', model: 'Quad logit' })]),
  ]
  const terms = [...new Set(columns.flatMap((one) => one.terms.map(({ term }) => term)))].filter((term) => !term.includes('::'))
  const indicators = [['input_industry', 'Input industry effects'], ['region', 'Region effects'], ['supplier_region', 'Effects of the supplier\'s region']] as const
  return {
    id: 'buying', title: 'Who buys from whom (E1)',
    blocks: [
      {
        kind: 'prose',
        text: 'Pairs with a link are all in the sample, of the others a known share: that moves the intercept of a logit, which is not shown, and nothing else. Cells are those of buyer, input industry and municipality, ' +
          'counted by Poisson. E1a has effects of industries and regions, E1b of the buyer and of the cell, E1c of buyer × input industry and of the cell; the column of pairs conditions on buyer × input industry. ' +
          'The column abroad has pairs of surveyed buyers and one option abroad for each of their inputs, whether it is imported: its distance and supplier are not known and are part of the level of being abroad. ' +
          'The last compares two buyers and two suppliers of an input at a time, linked straight but not crosswise: the effects of all four firms leave. ' +
          'Capped lists censor links of large buyers.',
      },
      ...table('gravity', 'Gravity of links', columns, {
        labels: Object.fromEntries(terms.map((term) => [term, termWords(term)])), indicators: indicators.map(([name, label]) => ({ label, prefix: `${name}::` })),
        omit: ['(Intercept)'], unitName: 'pairs or cells',
      }),
      ...table('productivity', 'Productivity of suppliers and imports of inputs', [
        ...column('H5', fits.productivity, { outcome: 'ln productivity of the supplier' }), ...column('H3', fits.foreign, { outcome: 'input is imported' }),
      ], { labels: { log_km: 'ln distance', beta: 'differentiation' }, unitName: 'rows', notes: ['Within buyer × input industry, and within the buyer.'] }),
    ],
  }
}

/** Nothing where no equation has an estimate. */
function table(...[id, title, columns, options]: Parameters<typeof regressionTable>): TableModel[] {
  return columns.length === 0 ? [] : [regressionTable(id, title, columns, options)]
}

const labelled = (group: string, fits: readonly FourWays[]): Labelled[] => fits.map((fit) => [group, fit])
const sides = <T>({ substitutes, complements }: Sides<T>, list: (value: T) => readonly FourWays[]): Labelled[] =>
  [...labelled('e < 1', list(substitutes)), ...labelled('e > 1', list(complements))]

export function offshoringSection(fits: OffshoringFits): PageSection {
  const { starts, growth, inputs, drops, dropSides, adds, addSides } = fits
  const starters = 'not abroad in the first year'
  const all = [
    ...labelled(starters, starts), ...labelled('all buyers', growth), ...labelled('all inputs', inputs.all), ...sides(inputs, (list) => list),
    ...labelled('E3', drops), ...sides(dropSides, (one) => [one]), ...labelled('E4', adds), ...sides(addSides, (list) => list),
  ]
  return {
    id: 'offshoring', title: 'What buying abroad does to domestic links (E2 to E4)',
    blocks: [
      {
        kind: 'prose',
        text: 'The instrument is the growth of world export supply, leaving out exports to Japan, weighted by import shares of the first year. Firms that did not import have the shares of their industry: ' +
          'among those that could start, the instrument varies between industries only, and effects are those of industry divisions. Growth of foreign sourcing is the fall of ln domestic shares of purchases, ' +
          'summed over inputs; it varies within industries.\n\n' +
          'Input industries are split by e_k (below). The growth of foreign sourcing of an input replaces domestic suppliers of the same input where e < 1; that of the other inputs acts through scale.',
      },
      estimateTable('starts', 'E2 and contrasts of E4: buyers that start to buy abroad', labelled(starters, starts), [], 'buyers'),
      estimateTable('growth', 'E2 and contrasts of E4: growth of foreign sourcing', labelled('all', growth), [], 'buyers'),
      estimateTable('inputs', 'E2 by input industry', [...labelled('all', inputs.all), ...sides(inputs, (list) => list)], [], 'inputs of buyers'),
      estimateTable('drops', 'E3: dropping, links of the first year', [...labelled('starting', drops), ...sides(dropSides, (one) => [one])], [], 'links'),
      estimateTable('adds', 'E4: adding, candidate cells', [...labelled('starting', adds), ...sides(addSides, (list) => list)], [
        'Cells without a link are weighted by what they stand for.',
        '`added` is in levels, how likely a candidate cell is to get its first link: large buyers rule it, to whom the other inputs add most, and where e > 1 its sign can mislead. The share of added among linked cells is what the sign of the model is about.',
      ], 'cells'),
      strengthTable('first-stages', 'First stages and tests of the instruments', all),
      shockTable('shocks', 'Shocks behind the exposure of firms', all),
    ],
  }
}

export function scaleSection({ pooled, byIndustry, exponents }: ScaleFits, planted: ReadonlyMap<string, number>): PageSection {
  return {
    id: 'returns', title: 'Returns to scale in sourcing (E5)',
    blocks: [
      {
        kind: 'prose',
        text: 'Growth of ln revenue on the fall of ln domestic shares: e_k = γ_k(σ − 1)/θ_k. Above one, suppliers of an industry are complements; ' +
          'below one, substitutes.',
      },
      estimateTable('scale', 'E5: growth of revenue, pooled', labelled('all', [pooled]), [], 'buyers'),
      ...balanceTable('balance', 'E5: balance of exposure and shocks', pooled),
      exponentTable(exponents, planted, pooled.ols?.sample.used ?? 0),
      estimateTable('scale-by-industry', 'E5: growth of revenue, by input industry', labelled('all', [byIndustry]), [], 'buyers'),
      strengthTable('scale-first-stages', 'First stages of E5', [...labelled('all', [pooled]), ...labelled('all', [byIndustry])]),
    ],
  }
}

function exponentTable(exponents: ScaleFits['exponents'], planted: ReadonlyMap<string, number>, rows: number): TableModel {
  const number = { decimals: 3 } as const
  const known = planted.size > 0
  return dataTable('exponents', 'e_k by input industry', exponents.map(({ industry, ols, iv, taken, relied }) => ({
    industry, planted: planted.get(industry), ols: ols.value, olsError: ols.stdError, iv: iv?.value, ivError: iv?.stdError,
    relied, taken: taken.value > 1 ? 'complements' : 'substitutes', rows,
  })), {
    units: 'rows', unitName: 'buyers',
    columns: [
      { key: 'industry', label: 'Input industry', role: 'label' }, ...(known ? [{ key: 'planted', label: 'Planted', format: number }] : []),
      { key: 'ols', label: 'OLS', format: number }, { key: 'olsError', label: 's.e.', format: number }, { key: 'iv', label: '2SLS', format: number },
      { key: 'ivError', label: 's.e.', format: number },
      { key: 'relied', label: 'Relied on' }, { key: 'taken', label: 'Taken for' },
    ],
    notes: ['2SLS is relied on where the conditional F of every input industry (Sanderson and Windmeijer) is above ten, least squares otherwise.'],
  })
}
