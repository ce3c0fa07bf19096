import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { causeSpecificCox, cox } from '../../src/estimate/index.js'
import type { ArrowTable } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'

const rows = 120
const random = randomStream(17, 'event')
const column = (make: (i: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, i) => make(i))
const x = column(() => random.normal())
const time = column((i) => Math.exp(-0.5 * x[i]!) * -Math.log(random.uniform()))
const event = column((i) => (i % 4 === 0 ? 0 : 1))
const table = tableFromArrays({ x, time, event, censored: event.map((value) => 1 - value), way: Array.from(event, (_, i) => ['home', 'abroad'][i % 2]!) }) as ArrowTable

describe('an event that is an expression', () => {
  it('is the column it describes', () => {
    const fit = cox('surv(time, 1 - censored) ~ x', table)
    expect(fit.coefficients).toEqual(cox('surv(time, event) ~ x', table).coefficients)
    expect(fit.detail.events).toBe(90)
  })

  it('has causes', () => {
    const coefficients = (formula: string): number[] => causeSpecificCox(formula, table, { cause: 'way' }).map(({ fit }) => fit.coefficients[0]!)
    expect(coefficients('surv(time, 1 - censored) ~ x')).toEqual(coefficients('surv(time, event) ~ x'))
  })

  it('holds 0 and 1', () => {
    expect(() => cox('surv(time, 3 * event) ~ x', table)).toThrow('the event `3 * event` holds 3')
  })
})
