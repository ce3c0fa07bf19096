/**
 * Spec and table -> the arrays every model sees. Rows with a missing or impossible value leave and are counted; text, boolean
 * and `i()` columns become indicators; ids become codes. Columns that need no change are views of the table's own buffers.
 */
import { DataType } from 'apache-arrow'
import { ReshoreError } from '../../errors.js'
import { weightedDot } from '../../numerics/weightedDot.js'
import { formatFixedEffect, formatTerm, isSurvival } from '../formula/format.js'
import { parseExpression } from '../formula/parse.js'
import type { AbsorptionCrew } from './absorption/absorptionWork.js'
import { codeTogether } from './absorption/codeTogether.js'
import type { AbsorbedEffect, ArrowTable, Design, FixedEffect, ModelSpec, Note, SurvivalColumns, SurvivalOutcome, Term } from '../records.js'
import { crossCodes } from './codes.js'
import { almostNumbers, columnKind, findColumn, groupCodes, readCodes, readNumbers, surelyComplete, textReason, type Codes } from './columns.js'
import { columnsOf, evaluateTerm, type ColumnReader } from './expressions.js'
import { fillColumns, planColumns } from './plan.js'
import { describeSample, dropWhere, gather, gatherCodes, startSample, usedRows, type SampleCount } from './sample.js'
import { specColumns } from './specColumns.js'
import type { GroupCodes } from './wholeCodes.js'

export interface BindOptions {
  /** 'implied': the model conditions the intercept out (Cox, conditional logit); absorbed effects always do. Default 'estimated'. */
  readonly intercept?: 'estimated' | 'implied'
  /** Further columns whose missing rows leave, such as the clusters of the covariance. */
  readonly require?: readonly string[]
  /** Threads that code the ids of absorbed effects. */
  readonly crew?: AbsorptionCrew
  /** 'binary': an outcome of two texts is 1 for the later one in sorted order, as in R, with a note. */
  readonly outcome?: 'binary'
}

/** Columns of one table, each read once. */
interface TableReader extends ColumnReader {
  /** Whether no value of a numeric column is missing or infinite, or so large that it has to be looked for. */
  finite(name: string): boolean
  /** Sum of squares, found once; NaN where a value is missing. */
  squares(values: Float64Array): number
  /** Codes without labels. */
  groups(name: string): GroupCodes
  /** Codes several columns at once, so that `groups` has them. */
  codeGroups(names: readonly string[], crew: AbsorptionCrew): void
  /** Text or boolean. */
  isFactor(name: string): boolean
}

/**
 * The design of a spec on a table. Throws `MissingColumnError`, `ColumnTypeError`, `EmptySampleError`, `ScaleError`, `WeightError`.
 *
 * @example
 * const design = bindSpec(parseFormula('linked ~ log(distance) + i(year)'), table)
 */
export function bindSpec(spec: ModelSpec, table: ArrowTable, options: BindOptions = {}): Design {
  refuseAlmostNumbers(spec, table)
  const reader = makeReader(table, spec, options.outcome === 'binary')
  const offset = spec.offset === undefined ? undefined : parseExpression(spec.offset)
  const numeric = numericTerms(spec, offset, reader)
  const sample = startSample(table.numRows)
  dropMissing(sample, spec, reader, options.require ?? [])
  const values = dropNotFinite(sample, numeric, reader)
  if (spec.weights !== undefined) checkWeights(sample, spec.weights, reader)
  const unit = usedRows(sample.used)
  const { info, notes } = describeSample(sample, unit.length)
  if (spec.outcome.kind === 'column' && reader.isText(spec.outcome.name)) {
    const [zero, one] = reader.codes(spec.outcome.name).levels
    notes.push({ kind: 'convention', text: `The outcome \`${spec.outcome.name}\` is 1 where it is '${one}' and 0 where it is '${zero}'.` })
  }

  const numbersAt = cached((key) => {
    const used = gather(values.get(key)!, unit)
    requireScale(key, used, reader.squares(used))
    return used
  })
  const numbers = (term: Term): Float64Array => numbersAt(formatTerm(term))
  const plain = (name: string): Float64Array => numbersAt(formatTerm({ kind: 'column', name }))
  const factors = cached((name) => {
    const { codes, levels } = reader.codes(name)
    const kept = gatherCodes(codes, unit, levels.length)
    return { codes: kept.codes, levels: Array.from(kept.present, (level) => levels[level]!) }
  })
  const sorted = (name: string): GroupCodes => ({ codes: factors(name).codes, levels: factors(name).levels.length })
  const groups = cached((name) => {
    const all = reader.groups(name)
    if (unit.length === all.codes.length) return all
    const { codes, present } = gatherCodes(all.codes, unit, all.levels)
    return { codes, levels: present.length }
  })
  const levels = Object.fromEntries(factorNames([...spec.regressors, ...spec.endogenous, ...spec.instruments], reader).map((name) => [name, factors(name).levels]))
  const implied = options.intercept === 'implied' || spec.absorb.length > 0 || isSurvival(spec.outcome)
  const intercept = implied ? 'implied' : spec.regressors.some((term) => term.kind === 'intercept') ? 'estimated' : 'none'
  const fill = (terms: readonly Term[], mode: typeof intercept) => {
    const plan = planColumns(terms, levels, reader.isFactor, mode)
    const columns = fillColumns(plan, unit.length, numbers, (name) => factors(name).codes)
    for (const name of plan.singleLevel) notes.push({ kind: 'collinear', text: `\`${name}\` has one level only (${levels[name]![0]}) in the sample and is left out.` })
    return { terms: plan.columns.map(({ name }) => name), columns }
  }
  const named = (terms: readonly Term[]) => {
    const filled = fill(terms, 'implied')
    return filled.terms.map((name, position) => ({ name, values: filled.columns[position]! }))
  }
  const regressors = fill(spec.regressors, intercept)
  if (options.crew) reader.codeGroups(spec.absorb.flatMap(({ columns }) => columns), options.crew)
  return {
    rows: unit.length,
    terms: regressors.terms,
    columns: regressors.columns,
    intercept,
    ...(isSurvival(spec.outcome) ? { survival: bindSurvival(spec, plain, numbers, factors, notes) } : { outcome: numbers(spec.outcome), outcomeName: formatTerm(spec.outcome) }),
    endogenous: named(spec.endogenous),
    instruments: named(spec.instruments),
    absorbed: spec.absorb.map((effect) => bindEffect(effect, groups, plain)),
    ...(spec.group === undefined ? {} : { group: bindEffect({ columns: [spec.group] }, sorted, plain) }),
    ...(spec.weights === undefined ? {} : { weights: plain(spec.weights) }),
    ...(offset === undefined ? {} : { offset: numbers(offset) }),
    unit,
    used: sample.used,
    sample: info,
    notes,
    collinear: [],
    levels,
  }
}

/** Beyond, squares and products of two columns summed over rows leave the range of numbers; below 1 over it they vanish. */
const largestScale = 1e75

function requireScale(name: string, values: Float64Array, squares: number): void {
  if (squares < largestScale ** 2 && squares > values.length / largestScale ** 2) return
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (largest === 0 || (largest < largestScale && largest > 1 / largestScale)) return
  throw new ReshoreError('ScaleError', `\`${name}\` ${largest > 1 ? `reaches ${largest}` : `is nowhere above ${largest}`}: its squares are no numbers any more`,
    'Measure it in another unit, or take its logarithm; a single value of this size is damage.')
}

function cached<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>()
  return (key) => {
    if (!made.has(key)) made.set(key, make(key))
    return made.get(key)!
  }
}

function makeReader(table: ArrowTable, spec: ModelSpec, binary: boolean): TableReader {
  const outcome = new Set(isSurvival(spec.outcome) ? [] : columnsOf(spec.outcome))
  const role = (name: string): string => (outcome.has(name) ? 'the outcome' : 'named by the model')
  const column = cached((name) => findColumn(table, name, role(name)))
  const numbers = cached((name) => {
    if (!outcome.has(name) || columnKind(column(name)) !== 'text') return readNumbers(column(name), name, textReason(table, name))
    const { codes, levels } = readCodes(column(name), name)
    if (!binary || levels.length !== 2) throw textOutcome(name, levels)
    return Float64Array.from(codes, (code) => (code < 0 ? NaN : code))
  })
  const coded = new Map<string, GroupCodes>()
  const groups = (name: string): GroupCodes => {
    const known = coded.get(name) ?? groupCodes(column(name), name)
    coded.set(name, known)
    return known
  }
  const summed = new WeakMap<Float64Array, number>()
  const squares = (values: Float64Array): number => {
    const known = summed.get(values) ?? weightedDot(values, values)
    summed.set(values, known)
    return known
  }
  return {
    rows: table.numRows,
    numbers,
    squares,
    finite: cached((name) => surelyComplete(column(name)) || squares(numbers(name)) < Infinity),
    codes: cached((name) => readCodes(column(name), name)),
    groups,
    codeGroups(names, crew) {
      const fresh = [...new Set(names)].filter((name) => !coded.has(name))
      codeTogether(fresh.map((name) => ({ name, column: column(name) })), crew).forEach((codes, at) => coded.set(fresh[at]!, codes))
    },
    isText: (name) => columnKind(column(name)) === 'text',
    isDate: (name) => DataType.isDate(column(name).type),
    textReason: (name) => textReason(table, name),
    isFactor: (name) => columnKind(column(name)) !== 'number',
  }
}

function textOutcome(name: string, levels: readonly string[]): ReshoreError {
  const shown = levels.slice(0, 4).map((level) => `'${level}'`).join(', ')
  const last = levels.length === 2 ? `'${levels[1]}'` : 'the event'
  return new ReshoreError('ColumnTypeError', `the outcome \`${name}\` holds text (${shown}${levels.length > 4 ? ', …' : ''}) where a number is needed`,
    `Make a column that is 1 for ${last} and 0 elsewhere; if these are codes of a missing number, name them with --missing.`)
}

/** Columns that should be numbers do not enter as factors with a level for each: outcome, and regressors that are no `i()`. */
function refuseAlmostNumbers({ outcome, regressors, endogenous, instruments }: ModelSpec, table: ArrowTable): void {
  const terms = [...(isSurvival(outcome) ? [] : [outcome]), ...regressors, ...endogenous, ...instruments]
  for (const term of terms.flatMap((one) => (one.kind === 'interaction' ? one.of : [one]))) {
    const because = term.kind === 'column' ? textReason(table, term.name) : undefined
    if (because !== undefined) throw almostNumbers(`\`${formatTerm(term)}\``, because)
  }
}

/** Every numeric expression of the model once, plain columns among them. */
function numericTerms(spec: ModelSpec, offset: Term | undefined, reader: TableReader): Term[] {
  const plain = (names: readonly (string | undefined)[]): Term[] => names.flatMap((name) => (name === undefined ? [] : [{ kind: 'column', name } as const]))
  const outcome = isSurvival(spec.outcome) ? [...plain([spec.outcome.start, spec.outcome.stop]), eventOf(spec.outcome)] : [spec.outcome]
  const regressors = [...spec.regressors, ...spec.endogenous, ...spec.instruments]
    .flatMap((term) => (term.kind === 'interaction' ? term.of : [term]))
    .filter((term) => term.kind !== 'factor' && term.kind !== 'intercept' && !(term.kind === 'column' && reader.isFactor(term.name)))
  const slopes = spec.absorb.flatMap((effect) => plain(effect.slopes ?? []))
  const all = [...outcome, ...regressors, ...slopes, ...plain([spec.weights]), ...(offset ? [offset] : [])]
  return [...new Map(all.map((term) => [formatTerm(term), term])).values()]
}

function factorNames(terms: readonly Term[], reader: TableReader): string[] {
  const names = terms.flatMap((term) => (term.kind === 'interaction' ? term.of : [term]))
    .flatMap((term) => (term.kind === 'factor' || (term.kind === 'column' && reader.isFactor(term.name)) ? [term.name] : []))
  return [...new Set(names)]
}

function dropMissing(sample: SampleCount, spec: ModelSpec, reader: TableReader, require: readonly string[]): void {
  for (const name of new Set([...specColumns(spec), ...require])) {
    if (reader.isText(name)) {
      const { codes } = reader.groups(name)
      dropWhere(sample, `missing \`${name}\``, (row) => codes[row]! < 0)
    } else if (!reader.finite(name)) {
      const values = reader.numbers(name)
      dropWhere(sample, `missing \`${name}\``, (row) => values[row] !== values[row])
    }
  }
}

/** Values of every numeric term over all rows, by its text. */
function dropNotFinite(sample: SampleCount, numeric: readonly Term[], reader: TableReader): Map<string, Float64Array> {
  return new Map(numeric.map((term) => {
    const values = evaluateTerm(term, reader)
    const text = formatTerm(term)
    if (term.kind === 'column' && reader.finite(term.name)) return [text, values]
    dropWhere(sample, term.kind === 'column' ? `infinite \`${text}\`` : `\`${text}\` not a finite number`, (row) => !Number.isFinite(values[row]))
    return [text, values]
  }))
}

function checkWeights(sample: SampleCount, name: string, reader: TableReader): void {
  const weights = reader.numbers(name)
  const negative = weights.findIndex((weight, row) => sample.used[row] === 1 && weight < 0)
  if (negative >= 0) throw new ReshoreError('WeightError', `the weight \`${name}\` is negative (${weights[negative]}) in row ${negative + 1}`, 'Weights are zero or positive.')
  dropWhere(sample, `with zero weight \`${name}\``, (row) => weights[row] === 0)
}

function bindEffect(effect: FixedEffect, groups: (name: string) => GroupCodes, plain: (name: string) => Float64Array): AbsorbedEffect {
  const { codes, levels } = effect.columns.length === 1 ? groups(effect.columns[0]!) : crossCodes(effect.columns.map(groups))
  return {
    name: formatFixedEffect({ columns: effect.columns }),
    levels,
    codes,
    ...(effect.slopes && effect.slopes.length > 0
      ? { slopes: effect.slopes.map((name) => ({ name, values: plain(name) })), slopesOnly: effect.slopesOnly === true } : {}),
  }
}

const eventOf = ({ event, eventTerm }: SurvivalOutcome): Term => eventTerm ?? { kind: 'column', name: event }

function bindSurvival(spec: ModelSpec, plain: (name: string) => Float64Array, numbers: (term: Term) => Float64Array, factors: (name: string) => Codes, notes: Note[]): SurvivalColumns {
  if (!isSurvival(spec.outcome)) throw new TypeError('the outcome is not a survival time')
  const { start, stop, event, strata } = spec.outcome
  const stops = plain(stop)
  const flags = eventFlags(numbers(eventOf(spec.outcome)), event, notes)
  const starts = start === undefined ? new Float64Array(stops.length).fill(-Infinity) : plain(start)
  const crossed = crossCodes(strata.map((name) => ({ codes: factors(name).codes, levels: factors(name).levels.length })), stops.length)
  const labels = new Array<string>(crossed.levels).fill('')
  crossed.firstRow.forEach((row, code) => (labels[code] = strata.map((name) => factors(name).levels[factors(name).codes[row]!]).join(', ')))
  return { start: starts, stop: stops, event: flags, strata: crossed.codes, strataLevels: strata.length === 0 ? [] : labels, hasStart: start !== undefined }
}

/** 0 and 1; or 1 and 2, which R's survival reads as censored and event. */
function eventFlags(values: Float64Array, name: string, notes: Note[]): Uint8Array {
  const shift = values.includes(2) && !values.includes(0) ? 1 : 0
  const flags = new Uint8Array(values.length)
  let bad = -1
  for (let i = 0; i < values.length; i++) {
    const flag = values[i]! - shift
    if (flag === 1) flags[i] = 1
    else if (flag !== 0 && bad < 0) bad = i
  }
  if (bad >= 0) {
    throw new ReshoreError('OutcomeError', `the event \`${name}\` holds ${values[bad]} where 0 or 1 is needed`,
      'Make a column that is 1 where the event happened and 0 where the row is censored.')
  }
  if (shift === 1) notes.push({ kind: 'convention', text: `\`${name}\` holds 1 and 2: read as censored and event.` })
  return flags
}
