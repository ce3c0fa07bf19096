/** Regressors of a fitted spec on other rows: the levels are those of the estimation, and a level it has not seen is an error. */
import { ReshoreError } from '../../errors.js'
import { formatTerm, isSurvival } from '../formula/format.js'
import { parseExpression } from '../formula/parse.js'
import type { ArrowTable, DroppedRows, Fit, Term } from '../records.js'
import { columnKind, findColumn, readCodes } from './columns.js'
import { columnsOf, evaluateTerm, readColumns } from './expressions.js'
import { fillColumns, planColumns } from './plan.js'
import { dropWhere, gather, startSample, usedRows } from './sample.js'

export interface NewRegressors {
  /** One array per term of the fit. */
  readonly columns: readonly Float64Array[]
  readonly offset?: Float64Array
  /** Rows of the table they stand for; the others are counted in `dropped`. */
  readonly rows: Int32Array
  readonly dropped: readonly DroppedRows[]
}

/** The columns of `fit.terms` on the rows of `table` where nothing is missing. Throws an `UnseenLevelError`. */
export function bindNewData(fit: Pick<Fit, 'spec' | 'terms' | 'levels'>, table: ArrowTable): NewRegressors {
  const { spec, levels } = fit
  const column = (name: string) => findColumn(table, name, 'a regressor of the fit')
  const isFactor = (name: string): boolean => columnKind(column(name)) !== 'number'
  const atoms = [...spec.regressors, ...spec.endogenous].flatMap((term) => (term.kind === 'interaction' ? term.of : [term])).filter((term) => term.kind !== 'intercept')
  const factors = [...new Set(atoms.flatMap((term) => (term.kind === 'factor' || (term.kind === 'column' && isFactor(term.name)) ? [term.name] : [])))]
  const offset = spec.offset === undefined ? undefined : parseExpression(spec.offset)
  const numeric = atoms.filter((term) => term.kind !== 'factor' && !(term.kind === 'column' && isFactor(term.name)))
  const expressions = new Map([...numeric, ...(offset ? [offset] : [])].map((term) => [formatTerm(term), term]))

  const sample = startSample(table.numRows)
  const reader = readColumns(table, 'a regressor of the fit')
  for (const name of new Set([...expressions.values()].flatMap(columnsOf))) {
    const text = reader.isText(name) ? reader.codes(name).codes : undefined
    const values = text ? undefined : reader.numbers(name)
    dropWhere(sample, `missing \`${name}\``, (row) => (text ? text[row]! < 0 : values![row] !== values![row]))
  }
  const coded = new Map(factors.map((name) => [name, knownCodes(table, name, levels[name] ?? [])]))
  for (const [name, codes] of coded) dropWhere(sample, `missing \`${name}\``, (row) => codes[row]! < 0)
  const values = new Map([...expressions].map(([text, term]) => {
    const computed = evaluateTerm(term, reader)
    dropWhere(sample, `\`${text}\` not a finite number`, (row) => !Number.isFinite(computed[row]))
    return [text, computed]
  }))

  const rows = usedRows(sample.used)
  const implied = spec.absorb.length > 0 || isSurvival(spec.outcome)
  const intercept = implied ? 'implied' : spec.regressors.some((term) => term.kind === 'intercept') ? 'estimated' : 'none'
  // Endogenous regressors are terms of their own, with contrasts as beside an intercept.
  const planned = [...planColumns(spec.regressors, levels, isFactor, intercept).columns, ...planColumns(spec.endogenous, levels, isFactor, 'implied').columns]
  const number = (term: Term): Float64Array => gather(values.get(formatTerm(term))!, rows)
  const filled = fillColumns({ columns: planned.filter(({ name }) => fit.terms.includes(name)) }, rows.length, number, (name) => rows.map((row) => coded.get(name)![row]!))
  if (filled.length !== fit.terms.length) {
    throw new ReshoreError('ColumnTypeError', `the table gives ${filled.length} of the fit's ${fit.terms.length} terms`, 'Text and boolean columns must be so here as well.')
  }
  return { columns: filled, ...(offset && { offset: number(offset) }), rows, dropped: sample.dropped }
}

/** Codes in the numbering of the estimation's levels, −1 where missing. */
function knownCodes(table: ArrowTable, name: string, levels: readonly string[]): Int32Array {
  const { codes, levels: found } = readCodes(findColumn(table, name, 'a factor of the fit'), name)
  const unseen = found.filter((label) => !levels.includes(label))
  if (unseen.length > 0) {
    throw new ReshoreError('UnseenLevelError', `\`${name}\` has ${unseen.length === 1 ? 'a level' : `${unseen.length} levels`} the estimation has not seen: ${unseen.slice(0, 5).join(', ')}${unseen.length > 5 ? ', …' : ''}`,
      `The fit knows ${levels.slice(0, 12).join(', ')}${levels.length > 12 ? ', …' : ''}. Leave the other rows out, or estimate on data that have them.`)
  }
  const position = found.map((label) => levels.indexOf(label))
  return codes.map((code) => (code < 0 ? -1 : position[code]!))
}
