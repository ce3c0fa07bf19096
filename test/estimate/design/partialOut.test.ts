import { tableFromArrays } from 'apache-arrow'
import { expect, it } from 'vitest'
import { partialOut } from '../../../src/estimate/design/absorb.js'
import { bindSpec, parseFormula } from '../../../src/estimate/index.js'

const table = tableFromArrays({
  y: Float64Array.from([1, 2, 4, 9, 3, 7]),
  w: Float64Array.from([2, 1, 3, 5, 8, 1]),
  x: Float64Array.from([1, 5, 2, 2, 4, 9]),
  z: Float64Array.from([3, 1, 4, 1, 5, 9]),
  byFirm: Float64Array.from([0.1, 0.1, 0.7, 0.7, 0.3, 0.3]),
  firm: Int32Array.from([1, 1, 2, 2, 3, 3]),
})

it('takes the effects out of endogenous regressors and instruments too, and leaves zeros where nothing is left', () => {
  const bound = bindSpec(parseFormula('y ~ w | firm | x ~ z + byFirm'), table)
  const { design } = partialOut(bound, bound.absorbed)
  const values = (columns: typeof design.instruments) => columns.map((column) => Array.from(column.values))
  expect(values(design.endogenous)).toEqual([[-2, 2, 0, 0, -2.5, 2.5]])
  expect(values(design.instruments)).toEqual([[1, -1, 1.5, -1.5, -2, 2], [0, 0, 0, 0, 0, 0]])
})
