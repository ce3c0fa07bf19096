/**
 * Terms and factor levels -> the list of design columns, each a product of numbers and level indicators. Contrasts follow R: a
 * factor drops its reference level where what it is crossed with is in the model already (for a main effect: the intercept),
 * and keeps all levels otherwise; without an intercept the first factor keeps all its levels. A level named by `ref =`
 * is always dropped.
 */
import { ReshoreError } from '../../errors.js'
import { formatName, formatTerm } from '../formula/format.js'
import type { Term } from '../records.js'

export type ColumnPart =
  | { readonly kind: 'number'; readonly term: Term }
  | { readonly kind: 'level'; readonly column: string; readonly code: number }

/** A design column: its name and the parts it is the product of; no parts is the intercept. */
export interface PlannedColumn {
  readonly name: string
  readonly parts: readonly ColumnPart[]
}

export interface ColumnPlan {
  readonly columns: readonly PlannedColumn[]
  /** Factors with a single level, which give no column. */
  readonly singleLevel: readonly string[]
}

export type Levels = Readonly<Record<string, readonly string[]>>

/**
 * Design columns of `terms`. `isFactor` says which plain columns are text or boolean; `levels` holds the levels of every
 * factor. `intercept` is 'estimated' (a column), 'implied' (absorbed or conditioned out: contrasts as if it were there) or
 * 'none'.
 */
export function planColumns(terms: readonly Term[], levels: Levels, isFactor: (name: string) => boolean, intercept: 'estimated' | 'implied' | 'none'): ColumnPlan {
  const products = terms.filter((term) => term.kind !== 'intercept').map((term) => (term.kind === 'interaction' ? term.of : [term]))
  const factorName = (term: Term): string | undefined => (term.kind === 'factor' || (term.kind === 'column' && isFactor(term.name)) ? term.name : undefined)
  const keys = products.map((product) => new Set(product.map(keyOf)))
  let fullCoding = intercept === 'none'
  const singleLevel = new Set<string>()
  const columns: PlannedColumn[] = intercept === 'estimated' ? [{ name: '(Intercept)', parts: [] }] : []
  products.forEach((product, position) => {
    let built: PlannedColumn[] = [{ name: '', parts: [] }]
    for (const term of product) {
      const name = factorName(term)
      if (name === undefined) {
        built = built.map((column) => extend(column, formatTerm(term), { kind: 'number', term }))
        continue
      }
      const full = fullCoding || !marginPresent(product, term, keys.slice(0, position))
      fullCoding = false
      const kept = keptLevels(term, levels[name]!, full)
      if (kept.length === 0) singleLevel.add(name)
      // The first factor's levels vary fastest, as in R.
      built = kept.flatMap((code) => built.map((column) => extend(column, `${formatName(name)}::${levels[name]![code]}`, { kind: 'level', column: name, code })))
    }
    columns.push(...built)
  })
  return { columns, singleLevel: [...singleLevel] }
}

/** `i(v)` and `v` code the same factor. */
const keyOf = (term: Term): string => (term.kind === 'factor' ? formatName(term.name) : formatTerm(term))

/** Whether the product without `dropped` is spanned by the intercept or an earlier term (R's rule). */
function marginPresent(product: readonly Term[], dropped: Term, earlier: readonly ReadonlySet<string>[]): boolean {
  const rest = product.filter((term) => term !== dropped).map(keyOf)
  return rest.length === 0 || earlier.some((term) => rest.every((key) => term.has(key)))
}

function keptLevels(term: Term, levels: readonly string[], full: boolean): number[] {
  const codes = levels.map((_, code) => code)
  if (term.kind !== 'factor' || term.reference === undefined) return full ? codes : codes.slice(1)
  const references = (typeof term.reference === 'object' ? term.reference : [term.reference]).map(String)
  const stranger = references.find((reference) => !levels.includes(reference))
  if (stranger !== undefined) {
    throw new ReshoreError('ReferenceLevelError', `\`${formatTerm(term)}\`: no level ${stranger} in the sample`,
      `The levels are ${levels.slice(0, 12).join(', ')}${levels.length > 12 ? ', …' : ''}.`, 2)
  }
  return codes.filter((code) => !references.includes(levels[code]!))
}

const extend = (column: PlannedColumn, name: string, part: ColumnPart): PlannedColumn => ({
  name: column.name === '' ? name : `${column.name}:${name}`,
  parts: [...column.parts, part],
})

/** Arrays of the planned columns. `numbers` and `codes` are called once per distinct term and column. */
export function fillColumns(plan: Pick<ColumnPlan, 'columns'>, rows: number, numbers: (term: Term) => Float64Array, codes: (column: string) => Int32Array): Float64Array[] {
  return plan.columns.map(({ parts }) => {
    if (parts.length === 0) return new Float64Array(rows).fill(1)
    if (parts.length === 1 && parts[0]!.kind === 'number') return numbers(parts[0]!.term)
    const column = new Float64Array(rows)
    parts.forEach((part, position) => {
      if (part.kind === 'number') multiplyInto(column, numbers(part.term), position === 0)
      else indicateInto(column, codes(part.column), part.code, position === 0)
    })
    return column
  })
}

function multiplyInto(column: Float64Array, values: Float64Array, first: boolean): void {
  if (first) column.set(values)
  else for (let i = 0; i < column.length; i++) column[i]! *= values[i]!
}

function indicateInto(column: Float64Array, codes: Int32Array, code: number, first: boolean): void {
  if (first) for (let i = 0; i < column.length; i++) column[i] = codes[i] === code ? 1 : 0
  else for (let i = 0; i < column.length; i++) if (codes[i] !== code) column[i] = 0
}
