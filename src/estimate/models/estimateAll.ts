/**
 * Many models at once: every spec on every sample, with the absorbed columns shared (each distinct column is demeaned once a sample) and scores
 * dropped once the covariance is made. What fails is kept as its error beside the fits.
 */
import { isReshoreError, ReshoreError } from '../../errors.js'
import { shareColumns } from '../design/absorption/sharedColumns.js'
import { columnNamed, findColumn, readCodes } from '../design/columns.js'
import { specColumns } from '../design/specColumns.js'
import { takeRows } from '../design/takeRows.js'
import { parseFormula } from '../formula/parse.js'
import type { ArrowTable, DroppedRows, Fit, SpecInput } from '../records.js'
import { models, type ModelSettings } from './registry.js'

export interface EstimateSpec {
  /** A model by the name the command line knows: `ols`, `iv`, `ppml`, `logit`, … */
  readonly model: string
  readonly formula: SpecInput
  /** Default: the formula, where it is text. */
  readonly name?: string
  /** Settings of this model, over those of all. */
  readonly settings?: Omit<ModelSettings, 'shared'>
}

export interface EstimateAllOptions {
  /** Column by whose values the table is split; every spec is estimated on each part. */
  readonly split?: string
  /** With `split`: whether the whole table comes first; default false. */
  readonly whole?: boolean
  /** Settings of every model. */
  readonly settings?: Omit<ModelSettings, 'shared'>
  /** Whether fits keep their scores, and entries the table they belong to; default 'drop'. */
  readonly scores?: 'keep' | 'drop'
}

/** One spec on one sample: a fit, or the named error that stopped it. */
export interface Estimate {
  /** Position of the spec. */
  readonly spec: number
  readonly name: string
  /** Value of the split column; absent for the whole table. */
  readonly sample?: string
  readonly fit?: Fit
  readonly error?: { readonly name: string; readonly message: string; readonly remedy: string }
  /** The rows of the sample, with `scores: 'keep'`: what `withVcov` asks for. */
  readonly table?: ArrowTable
}

export interface Estimates {
  /** Sample by sample, specs in the order given. */
  readonly estimates: readonly Estimate[]
  /** Rows in no sample: those without a value in the split column. */
  readonly dropped: readonly DroppedRows[]
}

/**
 * Every spec on the whole table, or on each part of it. Throws `UnsupportedError` for unknown models, `FormulaError` for what cannot be read and
 * `MissingColumnError` for an unknown split column; any other error of one model stands in its entry and stops no other.
 *
 * @example
 * const specs = ['adds', 'drops'].map((y) => ({ model: 'iv', formula: `${y} ~ age | industry + region | start ~ shock` }))
 * const { estimates } = await estimateAll(specs, firms, { split: 'sector', settings: { vcov: cluster('industry') } })
 */
export async function estimateAll(specs: readonly EstimateSpec[], table: ArrowTable, options: EstimateAllOptions = {}): Promise<Estimates> {
  for (const { model, formula } of specs) {
    parseFormula(formula)
    if (!Object.hasOwn(models, model)) throw new ReshoreError('UnsupportedError', `unknown model \`${model}\``, `Allowed: ${Object.keys(models).join(', ')}.`, 2)
  }
  const { samples, dropped } = splitTable(table, specs, options)
  const estimates: Estimate[] = []
  for (const { value, rows } of samples) {
    const part = rows ? takeRows(table, rows, columnsRead(specs, options, table)) : table
    const shared = shareColumns()
    for (const [position, spec] of specs.entries()) {
      const name = spec.name ?? (typeof spec.formula === 'string' ? spec.formula : `${spec.model} ${position + 1}`)
      const settings = { ...options.settings, ...spec.settings, shared }
      estimates.push({ spec: position, name, ...(value !== undefined && { sample: value }), ...await estimateOne(spec, part, settings, options.scores ?? 'drop') })
    }
  }
  return { estimates, dropped }
}

type Outcome = Pick<Estimate, 'fit' | 'error' | 'table'>

async function estimateOne({ model, formula }: EstimateSpec, table: ArrowTable, settings: ModelSettings, keep: 'keep' | 'drop'): Promise<Outcome> {
  try {
    const fit = await models[model]!.estimate(formula, table, settings)
    if (keep === 'keep') return { fit, table }
    const { scores: _scores, ...light } = fit
    return { fit: light }
  } catch (error) {
    if (!isReshoreError(error)) throw error
    return { error: { name: error.name, message: error.message, remedy: error.remedy } }
  }
}

/** Rows of each part; without `rows` the whole table. */
interface Sample {
  readonly value?: string
  readonly rows?: Int32Array
}

function splitTable(table: ArrowTable, specs: readonly EstimateSpec[], { split, whole }: EstimateAllOptions): { samples: Sample[]; dropped: DroppedRows[] } {
  if (split === undefined) return { samples: [{}], dropped: [] }
  if (specs.length === 0) return { samples: [], dropped: [] }
  const { codes, levels } = readCodes(findColumn(table, split, 'the split'), split)
  const counts = new Int32Array(levels.length)
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) counts[codes[row]!]!++
  const parts = Array.from(counts, (count) => new Int32Array(count))
  counts.fill(0)
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) parts[codes[row]!]![counts[codes[row]!]!++] = row
  const missing = codes.length - parts.reduce((total, { length }) => total + length, 0)
  return {
    samples: [...(whole ? [{}] : []), ...levels.map((value, level) => ({ value, rows: parts[level]! }))],
    dropped: missing > 0 ? [{ reason: `missing \`${split}\``, rows: missing }] : [],
  }
}

/** Columns of the table that any of the models reads; those it lacks are left to the models to name. */
function columnsRead(specs: readonly EstimateSpec[], options: EstimateAllOptions, table: ArrowTable): string[] {
  const names = specs.flatMap(({ formula, settings }) => {
    const { vcov, weights, group, dynamic } = { ...options.settings, ...settings }
    return [...specColumns(parseFormula(formula)), ...(vcov?.columns ?? []), weights, group, dynamic?.time]
  })
  return [...new Set(names)].filter((name): name is string => name !== undefined && columnNamed(table, name) !== null)
}
