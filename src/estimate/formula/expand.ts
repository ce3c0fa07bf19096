/**
 * R's algebra of terms (Wilkinson and Rogers 1973): `a*b` is `a + b + a:b`, `(a + b + c)^2` all terms of two at most,
 * `- a` takes a term out, `0` and `- 1` take the intercept out. Terms come out by order of interaction, main effects first,
 * each once.
 */
import type { Term } from '../records.js'
import { formatTerm } from './format.js'
import { formulaError } from './tokenize.js'

export type RegressorNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'constant'; readonly value: 0 | 1 }
  | { readonly kind: 'term'; readonly term: Term }
  | { readonly kind: 'offset'; readonly term: Term }
  | { readonly kind: 'strata'; readonly columns: readonly string[] }
  | { readonly kind: 'group'; readonly inside: RegressorNode }
  | { readonly kind: 'power'; readonly base: RegressorNode; readonly exponent: number; readonly at: number }
  | { readonly kind: 'binary'; readonly operator: '+' | '-' | '*' | ':'; readonly left: RegressorNode; readonly right: RegressorNode; readonly at: number }

export interface ExpandedRegressors {
  readonly intercept: boolean
  /** Without the intercept. */
  readonly terms: readonly Term[]
  readonly offset?: Term
  readonly strata: readonly string[]
}

/** A product of factors, the unit of the algebra. */
type Product = readonly Term[]

interface Sum {
  /** undefined: nothing was said. */
  readonly intercept?: boolean
  readonly products: readonly Product[]
  readonly offsets: readonly Term[]
  readonly strata: readonly string[]
}

const nothing: Sum = { products: [], offsets: [], strata: [] }

/** Terms, intercept, offset and strata of the right-hand side. `text` is the formula, for error messages. */
export function expandRegressors(text: string, node: RegressorNode): ExpandedRegressors {
  const sum = evaluate(text, node)
  const ordered = sum.products.map((product, position) => ({ product, position }))
    .sort((a, b) => a.product.length - b.product.length || a.position - b.position)
  const offset = sum.offsets.reduce<Term | undefined>((total, term) => (total ? { kind: 'arithmetic', operator: '+', left: total, right: term } : term), undefined)
  return {
    intercept: sum.intercept ?? true,
    terms: ordered.map(({ product }) => (product.length === 1 ? product[0]! : { kind: 'interaction', of: product })),
    ...(offset ? { offset } : {}),
    strata: sum.strata,
  }
}

function evaluate(text: string, node: RegressorNode): Sum {
  switch (node.kind) {
    case 'empty':
      return nothing
    case 'constant':
      return { ...nothing, intercept: node.value === 1 }
    case 'term':
      return { ...nothing, products: [node.term.kind === 'interaction' ? node.term.of : [node.term]] }
    case 'offset':
      return { ...nothing, offsets: [node.term] }
    case 'strata':
      return { ...nothing, strata: node.columns }
    case 'group':
      return evaluate(text, node.inside)
    case 'power': {
      const base = termsOnly(text, evaluate(text, node.base), node.at)
      let result = base
      for (let power = 1; power < node.exponent; power++) result = union(union(base, result), cross(base, result))
      return { ...nothing, products: result }
    }
    case 'binary':
      return combine(text, node)
  }
}

function combine(text: string, node: RegressorNode & { kind: 'binary' }): Sum {
  const left = evaluate(text, node.left)
  const right = evaluate(text, node.right)
  switch (node.operator) {
    case '+': {
      const intercept = right.intercept ?? left.intercept
      return {
        ...(intercept === undefined ? {} : { intercept }),
        products: union(left.products, right.products),
        offsets: [...left.offsets, ...right.offsets],
        strata: [...left.strata, ...right.strata],
      }
    }
    case '-': {
      if (right.offsets.length + right.strata.length > 0) throw formulaError(text, node.at, '`-` before offset() or strata()', 'Leave it out instead.')
      const removed = new Set(right.products.map(keyOf))
      const intercept = right.intercept === undefined ? left.intercept : !right.intercept
      return { ...left, ...(intercept === undefined ? {} : { intercept }), products: left.products.filter((product) => !removed.has(keyOf(product))) }
    }
    case ':':
    case '*': {
      const first = termsOnly(text, left, node.at)
      const second = termsOnly(text, right, node.at)
      const crossed = cross(first, second)
      return { ...nothing, products: node.operator === ':' ? crossed : union(union(first, second), crossed) }
    }
  }
}

function termsOnly(text: string, sum: Sum, at: number): readonly Product[] {
  if (sum.intercept !== undefined || sum.offsets.length > 0 || sum.strata.length > 0) {
    throw formulaError(text, at, 'only columns and functions of columns can be crossed', 'Add 1, 0, offset() and strata() with +.')
  }
  return sum.products
}

function union(first: readonly Product[], second: readonly Product[]): readonly Product[] {
  const seen = new Set<string>()
  return [...first, ...second].filter((product) => {
    const key = keyOf(product)
    return !seen.has(key) && seen.add(key) !== undefined
  })
}

function cross(first: readonly Product[], second: readonly Product[]): readonly Product[] {
  const products = first.flatMap((a) => second.map((b): Product => distinct([...a, ...b])))
  return union(products, [])
}

/** `a:a` is `a`. */
function distinct(product: Product): Product {
  const seen = new Set<string>()
  return product.filter((term) => !seen.has(formatTerm(term)) && seen.add(formatTerm(term)) !== undefined)
}

/** `a:b` and `b:a` are one term. */
function keyOf(product: Product): string {
  return product.map(formatTerm).sort().join('\u0000')
}
