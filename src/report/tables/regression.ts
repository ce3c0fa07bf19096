/**
 * Regression tables: models side by side, standard errors (or intervals) below, what each rests on at the foot, conventions in
 * the notes. Ratios are exp-transformed with delta-method standard errors; their intervals are transformed ends.
 */
import { ReshoreError } from '../../errors.js'
import type { Fit, TidyRow } from '../../estimate/records.js'
import { decimalsFor } from './numbers.js'
import { footRows, indicatorRows } from './regressionFoot.js'
import { regressionNotes } from './regressionNotes.js'
import type { DetailedCell, ModelColumn, NumberFormat, TableColumn, TableModel, TableRow } from './records.js'

export interface RegressionTableOptions {
  /** What stands below each estimate. Default: `stdError`. */
  readonly below?: 'stdError' | 'interval' | 'pValue' | 'none'
  /** Level of the intervals in the `tidy` rows, for the note. Default: 0.95. */
  readonly level?: number
  /** `ratio`: odds or hazard ratios. One for all models or one a model. Default: `coefficient`. */
  readonly scale?: Scale | readonly Scale[]
  /** Thresholds from the largest down, at most three. Default: none. */
  readonly stars?: readonly number[]
  /** Words for terms; others keep the spelling of the formula. */
  readonly labels?: Readonly<Record<string, string>>
  /** Terms to leave out of the body, with a line saying so: `{ label: 'Year effects', prefix: 'year::' }`. */
  readonly indicators?: readonly { readonly label: string; readonly prefix: string }[]
  /** Terms to leave out without a word, besides those of `indicators`. */
  readonly omit?: readonly string[]
  /** Order of terms, first to last; terms not named follow in the order of the models. */
  readonly order?: readonly string[]
  readonly notes?: readonly string[]
  readonly unitName?: string
}

type Scale = 'coefficient' | 'ratio'

/**
 * A model as a column: the fit's facts and its `tidy` rows.
 *
 * @example modelColumn(fit, tidy(fit), { name: '(1)', model: 'Logit' })
 */
export function modelColumn(
  fit: Pick<Fit, 'kind' | 'vcov' | 'sample' | 'logLikelihood' | 'notes'>,
  terms: readonly TidyRow[],
  words: {
    readonly name: string
    readonly model?: string
    readonly outcome?: string
    readonly statistics?: ModelColumn['statistics']
  },
): ModelColumn {
  const { vcov, sample, logLikelihood, notes } = fit
  return {
    name: words.name,
    model: words.model ?? modelNames[fit.kind] ?? fit.kind,
    ratio: ratios[fit.kind],
    outcome: words.outcome,
    statistics: words.statistics,
    terms,
    vcov: { label: vcov.label, clusters: vcov.clusters },
    sample,
    logLikelihood,
    notes: [...notes, ...vcov.notes],
  }
}

const modelNames: Readonly<Record<string, string>> = {
  ols: 'OLS',
  iv: '2SLS',
  ppml: 'PPML',
  logit: 'Logit',
  probit: 'Probit',
  cloglog: 'Cloglog',
  cox: 'Cox',
  'fe-logit': 'Conditional logit',
  're-logit': 'Random-effects logit',
  're-probit': 'Random-effects probit',
}

const ratios: Readonly<Record<string, ModelColumn['ratio']>> = {
  logit: 'odds',
  'fe-logit': 'odds',
  're-logit': 'odds',
  cox: 'hazard',
  cloglog: 'hazard',
  ppml: 'rate',
}

/**
 * The models side by side as one table.
 *
 * @example renderLatex(regressionTable('table-2', 'Entry', [logit, probit], { stars: [0.1, 0.05, 0.01] }))
 */
export function regressionTable(
  id: string,
  title: string,
  models: readonly ModelColumn[],
  options: RegressionTableOptions = {},
): TableModel {
  const scales = scalesOf(models, options)
  const terms = termOrder(models, options).map((term) => estimatesOf(term, models, scales))
  const most = models.map((_, index) => Math.max(0, ...terms.map(({ decimals }) => decimals[index]!)))
  const columns: TableColumn[] = [
    { key: 'term', label: '', role: 'label' },
    ...models.map((model, index): TableColumn => ({
      key: `model-${index + 1}`,
      label: model.name,
      sublabel: sublabel(model, scales[index]!),
      align: 'right',
      units: Math.min(model.sample.used, model.sample.groups ?? Infinity),
    })),
  ]
  const spanners = outcomeSpanners(models)
  const body = terms.flatMap((term) => termRows(term, most, options))
  return {
    kind: 'table',
    id,
    title,
    columns,
    spanners,
    unitName: options.unitName ?? 'observations',
    rows: [...body, ...indicatorRows(models, options.indicators ?? []), ...footRows(models)],
    notes: regressionNotes(models, options),
  }
}

function scalesOf(models: readonly ModelColumn[], { scale = 'coefficient' }: RegressionTableOptions): readonly Scale[] {
  const scales = typeof scale === 'string' ? models.map(() => scale) : scale
  if (scales.length !== models.length) {
    throw new ReshoreError(
      'TableError',
      `${scales.length} scales were given for ${models.length} models.`,
      'Give one scale, or one a model.',
      2,
    )
  }
  const wrong = models.find((model, index) => scales[index] === 'ratio' && model.ratio === undefined)
  if (wrong === undefined) return scales
  throw new ReshoreError(
    'TableError',
    `Coefficients of ${wrong.name} (${wrong.model}) have no reading as ratios.`,
    'Show them as coefficients.',
    2,
  )
}

function sublabel(model: ModelColumn, scale: Scale): string {
  if (scale === 'coefficient') return model.model
  return `${model.model}, ${model.ratio!} ratios`
}

function termOrder(models: readonly ModelColumn[], { order = [], omit = [], indicators = [] }: RegressionTableOptions): string[] {
  const found = new Set(models.flatMap((model) => model.terms.map((row) => row.term)))
  const shown = [...found].filter((term) => !omit.includes(term) && !indicators.some(({ prefix }) => term.startsWith(prefix)))
  const first = order.filter((term) => shown.includes(term))
  const rest = shown.filter((term) => !first.includes(term))
  return [...first, ...rest.filter((term) => term !== '(Intercept)'), ...rest.filter((term) => term === '(Intercept)')]
}

function onScale(row: TidyRow, scale: Scale): TidyRow {
  if (scale === 'coefficient') return row
  const ratio = Math.exp(row.estimate)
  return { ...row, estimate: ratio, stdError: ratio * row.stdError, conf: [Math.exp(row.conf[0]), Math.exp(row.conf[1])] }
}

/** Estimates of a term by model, each with the digits its standard error deserves. */
interface TermEstimates {
  readonly term: string
  readonly found: readonly (TidyRow | undefined)[]
  readonly decimals: readonly number[]
}

function estimatesOf(term: string, models: readonly ModelColumn[], scales: readonly Scale[]): TermEstimates {
  const found = models.map((model, index) => {
    const row = model.terms.find((candidate) => candidate.term === term)
    return row === undefined ? undefined : onScale(row, scales[index]!)
  })
  return { term, found, decimals: found.map((row) => (row === undefined ? 0 : decimalsFor(row.estimate, row.stdError))) }
}

function termRows(
  { term, found, decimals }: TermEstimates,
  most: readonly number[],
  options: RegressionTableOptions,
): TableRow[] {
  const below = options.below ?? 'stdError'
  const print = found.map((row, index) => ({
    row,
    format: { decimals: decimals[index]! },
    pad: padding(decimals[index]!, most[index]!),
  }))
  const estimates = print.map(({ row, format, pad }): DetailedCell =>
    row === undefined ? { value: null } : { value: row.estimate, format, pad, stars: starsOf(row.pValue, options.stars) },
  )
  const label = options.labels?.[term] ?? term
  if (below === 'none') return [{ cells: [label, ...estimates] }]
  return [
    { cells: [label, ...estimates] },
    { kind: 'below', cells: [null, ...print.map(({ row, format, pad }) => belowCell(row, below, format, pad))] },
  ]
}

/** Room for the digits missing to the longest fraction of the column, and for its point. */
function padding(decimals: number, most: number): number {
  return decimals === 0 && most > 0 ? most + 1 : most - decimals
}

function belowCell(
  row: TidyRow | undefined,
  below: 'stdError' | 'interval' | 'pValue',
  format: NumberFormat,
  pad: number,
): DetailedCell {
  if (row === undefined) return { value: null }
  if (below === 'interval') return { value: row.conf[0], upper: row.conf[1], format, pad, brackets: 'square' }
  if (below === 'pValue') return { value: row.pValue, format: 'p-value', brackets: 'round' }
  return { value: row.stdError, format, pad, brackets: 'round' }
}

function starsOf(pValue: number, thresholds: readonly number[] = []): number {
  return thresholds.filter((threshold) => pValue < threshold).length
}

function outcomeSpanners(models: readonly ModelColumn[]): TableModel['spanners'] {
  if (models.every((model) => model.outcome === undefined)) return undefined
  const spanners: { label: string; span: number }[] = [{ label: '', span: 1 }]
  for (const [index, { outcome = '' }] of models.entries()) {
    if (index > 0 && outcome === spanners.at(-1)!.label) spanners.at(-1)!.span += 1
    else spanners.push({ label: outcome, span: 1 })
  }
  return spanners
}
