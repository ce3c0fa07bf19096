/** Tables of equations: the endogenous terms by least squares, reduced form and 2SLS side by side, and how strong instruments are. */
import { dataTable, tidy, type DataValue, type Fit, type TableModel } from 'reshore'
import type { FourWays } from '../equations.js'

type Row = Record<string, DataValue>
/** An equation with the name of its sample. */
export type Labelled = readonly [group: string, fit: FourWays]

const number = { decimals: 4 } as const

/** One row an equation and endogenous term. Groups name the sample of each equation. */
export function estimateTable(id: string, title: string, fits: readonly Labelled[], notes: readonly string[] = [], unitName = 'observations'): TableModel {
  const further = [...new Set(fits.flatMap(([, { errors }]) => errors.map(({ name }) => name)))]
  const shifted = fits.some(([, { shocks }]) => shocks !== undefined)
  const several = new Set(fits.map(([group]) => group)).size > 1
  const rows = fits.flatMap(([group, fit]) => fit.equation.endogenous.map((term, index) => estimateRow(group, fit, term, index, further)))
  return dataTable(id, title, rows, {
    units: 'rows', unitName,
    columns: [
      { key: 'outcome', label: 'Outcome', role: 'label' }, ...(several ? [{ key: 'group', label: 'Sample', role: 'label' } as const] : []), { key: 'term', label: 'Term', role: 'label' },
      { key: 'ols', label: 'OLS', format: number }, { key: 'olsError', label: 's.e.', format: number },
      { key: 'form', label: 'Reduced form', format: number }, { key: 'formError', label: 's.e.', format: number },
      { key: 'iv', label: '2SLS', format: number }, { key: 'ivError', label: 's.e.', format: number },
      ...further.map((name, index) => ({ key: `further${index}`, label: `2SLS s.e., ${name}`, format: number })),
      ...(shifted
        ? [{ key: 'shockError', label: '2SLS s.e., by shock', format: number }, { key: 'akm', label: '2SLS s.e., AKM', format: number }]
        : []),
      { key: 'set', label: '95 % Anderson–Rubin set' }, { key: 'effectiveF', label: 'Effective F', format: { decimals: 1 } },
      { key: 'rows', label: 'Rows', role: 'count', format: 'integer' },
    ],
    notes: [...conventions(fits.map(([, fit]) => fit)), ...notes],
  })
}

function estimateRow(group: string, fit: FourWays, term: string, index: number, further: readonly string[]): Row {
  const { equation, ols, iv, errors } = fit
  const [least, twoStage] = [ols && estimate(ols, term), iv && estimate(iv, term)]
  const form = iv?.detail.reducedForm[index]
  const under = (name: string): DataValue => finite(errors.find((one) => one.name === name)?.iv[index])
  return {
    outcome: equation.label, group, term: termWords(term),
    ols: least?.estimate, olsError: least?.stdError, form: form?.estimate, formError: form?.stdError,
    iv: twoStage?.estimate, ivError: twoStage?.stdError,
    ...Object.fromEntries(further.map((name, position) => [`further${position}`, under(name)])),
    shockError: finite(fit.shocks?.stdError), akm: finite(fit.shocks?.akm ?? undefined),
    set: index === 0 && iv ? setWords(iv) : '', effectiveF: index === 0 ? finite(iv?.detail.effectiveF?.statistic) : null,
    rows: ols?.sample.used ?? 0,
  }
}

function conventions(fits: readonly FourWays[]): string[] {
  const first = fits.find(({ ols }) => ols !== undefined)?.ols
  const shifted = fits.some(({ shocks }) => shocks !== undefined)
  const failed = fits.flatMap(({ equation, ols, failed: why }) =>
    (why === undefined ? [] : [`${equation.label}: no ${ols === undefined ? 'estimate' : 'two-stage least squares'} (${why})`]))
  return [
    ...(first === undefined ? [] : [`Standard errors ${first.vcov.label} unless said otherwise; the reduced form is the outcome on the instrument of the term and all else.`]),
    ...(shifted
      ? ['By shock: the shock-level regression, clustered by product. AKM: by Adão, Kolesár and Morales, of the main equations; ' +
          'empty where there are more shocks than sets of shares.']
      : []),
    ...new Set(failed),
  ]
}

/** How strong the instruments of each equation are, under the covariance of its fit. */
export function strengthTable(id: string, title: string, fits: readonly Labelled[]): TableModel {
  const rows = fits.flatMap(([group, { equation, iv }]) => (iv === undefined ? [] : iv.detail.firstStages.map((stage, index): Row => ({
    outcome: equation.label, group, endogenous: termWords(stage.endogenous), instrument: termWords(stage.instruments[index]!.term),
    first: stage.instruments[index]!.estimate, firstError: stage.instruments[index]!.stdError,
    f: finite(stage.waldF?.statistic), conditional: finite(stage.sandersonWindmeijer?.statistic), partial: stage.partialRSquared,
    kp: finite(iv.detail.kleibergenPaap?.waldF),
    critical: finite(iv.detail.effectiveF?.criticalValues.find(({ tolerance }) => tolerance === 0.1)?.value),
    ar: finite(iv.detail.andersonRubin?.f.pValue), hausman: finite(iv.detail.wuHausman?.pValue), rows: iv.sample.used,
  }))))
  const one = { decimals: 1 } as const
  return dataTable(id, title, rows, {
    units: 'rows', unitName: 'observations',
    columns: [
      { key: 'outcome', label: 'Equation', role: 'label' }, { key: 'group', label: 'Sample', role: 'label' }, { key: 'endogenous', label: 'Endogenous', role: 'label' }, { key: 'instrument', label: 'Instrument', role: 'label' },
      { key: 'first', label: 'First stage', format: number }, { key: 'firstError', label: 's.e.', format: number }, { key: 'f', label: 'F', format: one },
      { key: 'conditional', label: 'Conditional F', format: one }, { key: 'partial', label: 'Partial R²', format: number },
      { key: 'kp', label: 'Kleibergen–Paap F', format: one },
      { key: 'critical', label: 'Critical value of the effective F, 10 % bias', format: one }, { key: 'ar', label: 'Anderson–Rubin p', format: 'p-value' },
      { key: 'hausman', label: 'Wu–Hausman p', format: 'p-value' },
    ],
    notes: ['The conditional F is that of Sanderson and Windmeijer; with one endogenous regressor it is the first-stage F. The effective F is beside the estimates.'],
  })
}

/** `[0.12, 0.98]`, `(−∞, −3.1] ∪ [2, ∞)`, and whether it is bounded. */
function setWords(iv: Fit<'iv'>): string {
  const set = iv.detail.andersonRubin?.confidenceSet
  if (set === undefined) return ''
  if (set.shape === 'empty') return 'empty'
  if (set.shape === 'line') return 'whole line (unbounded)'
  const end = (value: number): string => value.toPrecision(3)
  const words = set.intervals.map(([low, high]) => `${low === null ? '(−∞' : `[${end(low)}`}, ${high === null ? '∞)' : `${end(high)}]`}`)
  return `${words.join(' ∪ ')}${set.shape === 'rays' ? ' (unbounded)' : ''}`
}

function estimate(fit: Fit, term: string): { readonly estimate: number; readonly stdError: number } | undefined {
  return tidy(fit).find((row) => row.term === term)
}

const finite = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value)

const words: Readonly<Record<string, string>> = {
  starts: 'starts to buy abroad', foreign_growth: 'growth of foreign sourcing', others_scale: 'scale from the other inputs', log_km: 'ln distance',
  log_supplier: 'ln size of supplier', log_suppliers: 'ln suppliers', beta: 'differentiation', z: 'exposure', own_z: 'exposure of the input',
  others_exposure: 'exposure of the other inputs', log_employees: 'ln employees', log_productivity: 'ln labour productivity', log_capital_intensity: 'ln capital per employee', age: 'age, years', exporter: 'exporter',
  research_intensity: 'research over sales', log_links_from: 'ln suppliers', log_exports_from: 'ln exports of country and product', foreign_option: 'abroad', log_size: 'ln size of buyer', supplier_log_size: 'ln size of supplier',
}

/** A term in words; interactions with ×. */
export function termWords(term: string): string {
  return term.split(':').map((part) => words[part] ?? part.replace(/^growth_/, 'growth of foreign sourcing, ').replace(/^z_/, 'exposure, ')).join(' × ')
}

/** How many shocks carry an equation, and the one that carries most. */
export function shockTable(id: string, title: string, fits: readonly Labelled[]): TableModel {
  const one = { decimals: 1 } as const
  const rows = fits.flatMap(([group, { equation, shocks, ols }]) =>
    shocks === undefined ? [] : [{ ...shocks, outcome: equation.label, group, rows: ols?.sample.used ?? 0 }])
  return dataTable(id, title, rows, {
    units: 'rows', unitName: 'observations',
    columns: [
      { key: 'outcome', label: 'Equation', role: 'label' }, { key: 'group', label: 'Sample', role: 'label' }, { key: 'shocks', label: 'Shocks', format: 'integer' },
      { key: 'effective', label: 'Effective number', format: one }, { key: 'effectiveProducts', label: 'of products', format: one },
      { key: 'largest', label: 'Largest', role: 'label' }, { key: 'largestWeight', label: 'Its weight', format: { percent: 1 } },
      { key: 'estimate', label: 'Shock-level estimate', format: number }, { key: 'stdError', label: 's.e.', format: number },
    ],
    notes: ['The shock-level regression has a constant: it differs from 2SLS where the sum of shares is not spanned by the controls.'],
  })
}

/** Whether exposure, and shocks, predict what was there before. */
export function balanceTable(id: string, title: string, { equation, balance = [], ols }: FourWays): TableModel[] {
  if (balance.length === 0) return []
  const rows = balance.map(({ characteristic, level, ...test }) => ({
    ...test, characteristic: termWords(characteristic), on: level === 'unit' ? 'buyers: on exposure' : 'shocks: on the shock', rows: ols?.sample.used ?? 0,
  }))
  return [dataTable(id, title, rows, {
    units: 'rows', unitName: 'observations',
    columns: [
      { key: 'characteristic', label: 'In the first year', role: 'label' }, { key: 'on', label: 'Of', role: 'label' }, { key: 'estimate', label: 'Estimate', format: number },
      { key: 'stdError', label: 's.e.', format: number }, { key: 'error', label: 'Errors', role: 'label' }, { key: 'statistic', label: 't or z', format: { decimals: 2 } }, { key: 'pValue', label: 'p', format: 'p-value' },
    ],
    notes: [`Shocks that are as good as random predict nothing that was there before. Buyers: the characteristic on exposure with the controls and effects of ${equation.label}, errors of Adão, Kolesár and Morales by product, or of the equation where there are more shocks than sets of shares. Shocks: with the weights they have in the equation. One test in twenty has p below .05 by chance.`],
  })]
}
