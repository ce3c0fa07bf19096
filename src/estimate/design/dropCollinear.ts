/** A design without the columns that earlier ones span; each is named with what it is collinear with. */
import { ReshoreError } from '../../errors.js'
import type { CollinearTerm, Design, Note } from '../records.js'
import { workingBasis, type SpannedColumn } from './workingBasis.js'

/**
 * The design with linearly independent columns and their working basis. The later of two collinear terms leaves, as in R.
 * Throws `SingularDesignError` where terms were asked for and none is left.
 */
export function dropCollinear(design: Design): Design {
  const { kept, spanned, basis } = workingBasis(design.columns, design.rows, design.intercept)
  if (spanned.length === 0) return { ...design, basis }
  const collinear = spanned.map((span) => describe(span, design))
  if (kept.length === 0) {
    throw new ReshoreError('SingularDesignError', `no regressor varies in the ${design.rows} rows used: ${collinear.map(({ term }) => `\`${term}\``).join(', ')}`,
      'Add a regressor that varies, or look at which rows were left out.')
  }
  const notes = collinear.map(({ term, with: others }): Note => ({ kind: 'collinear', text: sentence(term, others) }))
  return {
    ...design,
    terms: kept.map((column) => design.terms[column]!),
    columns: kept.map((column) => design.columns[column]!),
    basis,
    collinear: [...design.collinear, ...collinear],
    notes: [...design.notes, ...notes],
  }
}

function describe({ column, weights, constant }: SpannedColumn, design: Design): CollinearTerm {
  const others = weights.map((weight) => design.terms[weight.column]!).filter((term) => term !== '(Intercept)')
  return { term: design.terms[column]!, with: constant ? ['(Intercept)', ...others] : others }
}

function sentence(term: string, others: readonly string[]): string {
  if (others.length === 0) return `\`${term}\` is zero in every row used and is left out.`
  if (others.length === 1 && others[0] === '(Intercept)') return `\`${term}\` is constant in the rows used and is left out.`
  return `\`${term}\` is collinear with ${others.map((other) => `\`${other}\``).join(', ')} and is left out.`
}
