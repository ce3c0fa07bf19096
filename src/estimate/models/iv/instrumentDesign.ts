/** The columns of the first stage: exogenous regressors, then instruments, without those that earlier ones span. */
import { ReshoreError } from '../../../errors.js'
import { dropCollinear } from '../../design/dropCollinear.js'
import type { Design, Note } from '../../records.js'

export interface InstrumentDesign {
  /** Exogenous regressors and instruments under `terms` and `columns`, with their working basis. */
  readonly design: Design
  /** How many of the columns, the first ones, are exogenous regressors. */
  readonly exogenous: number
  readonly instruments: readonly string[]
}

/**
 * Instruments that do not vary within the absorbed effects, or are collinear with exogenous regressors and earlier instruments, leave and
 * are named. Throws an `InstrumentError` where none varies and an `UnderidentifiedError` where fewer are left than endogenous regressors.
 */
export function instrumentDesign(within: Design): InstrumentDesign {
  const effects = within.absorbed.map(({ name }) => `\`${name}\``).join(', ')
  const constant = within.instruments.filter(({ values }) => values.every((value) => value === 0))
  const varying = within.instruments.filter((instrument) => !constant.includes(instrument))
  if (varying.length === 0) {
    const names = constant.map(({ name }) => `\`${name}\``).join(', ')
    throw new ReshoreError('InstrumentError',
      constant.length === 0 ? 'the instruments give no column' : `no instrument varies${effects && ` within ${effects}`}: ${names}`,
      'Use an instrument that varies within the absorbed effects, or absorb coarser groups.')
  }
  const reason = effects ? `does not vary within ${effects}` : 'is zero in every row used'
  const notes = constant.map(({ name }): Note => ({ kind: 'collinear', text: `The instrument \`${name}\` ${reason} and is left out.` }))
  const together = dropCollinear({
    ...within,
    terms: [...within.terms, ...varying.map(({ name }) => name)],
    columns: [...within.columns, ...varying.map(({ values }) => values)],
    notes: [...within.notes, ...notes],
    collinear: [...within.collinear, ...constant.map(({ name }) => ({ term: name, with: within.absorbed.map((effect) => effect.name) }))],
  })
  const regressors = new Set(within.columns)
  const exogenous = together.columns.filter((column) => regressors.has(column)).length
  const instruments = together.terms.slice(exogenous)
  const wanted = within.endogenous.length
  if (instruments.length < wanted) {
    const left = within.instruments.filter(({ name }) => !instruments.includes(name)).map(({ name }) => `\`${name}\``)
    const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`
    const beside = left.length > 0 ? ` beside the exogenous regressors (${left.join(', ')} collinear)` : ''
    throw new ReshoreError('UnderidentifiedError', `${count(wanted, 'endogenous regressor')} and ${count(instruments.length, 'instrument')}${beside}`,
      'Add instruments that are not collinear with the exogenous regressors and effects: at least one for each endogenous regressor.')
  }
  return { design: together, exogenous, instruments }
}
