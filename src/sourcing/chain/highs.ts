/** HiGHS as the solver of the published 0–1 programs. */
import type { Highs } from 'highs'
import type { OpenProgram } from './published.js'

const FEASIBILITY = 1e-9

/**
 * A solver for `publishedIteration`: one model a problem, its bound lowered between solves, no optimality gap.
 *
 * @param highs a loaded HiGHS; it is passed in because its module is not for every place this stage runs in
 * @example publishedIteration(problem, 'fixed-cost', highsPrograms(await loadHighs()))
 */
export function highsPrograms(highs: Highs): OpenProgram {
  const { infinity } = highs
  return ({ columns, rows, starts, indices, values, equals, cost }) => {
    const model = highs.createModel({
      numCols: columns, numRows: rows, colCost: cost,
      colLower: new Float64Array(columns), colUpper: new Float64Array(columns).fill(1),
      rowLower: [...equals, -infinity], rowUpper: [...equals, infinity],
      matrix: { format: 'csr', numRows: rows, numCols: columns, starts, indices, values },
      integrality: new Int32Array(columns).fill(highs.constants.variableType.integer),
    })
    model.options.set({
      output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0, mip_feasibility_tolerance: FEASIBILITY, primal_feasibility_tolerance: FEASIBILITY,
    })
    return {
      solve(limit) {
        model.changeRowBounds(rows - 1, -infinity, Math.min(limit, infinity))
        model.run()
        if (model.getModelStatus() !== highs.constants.modelStatus.optimal) return null
        const value = model.getSolution().colValue
        return Array.from(value.keys()).filter((column) => value[column]! > 0.5)
      },
      close: () => model.dispose(),
    }
  }
}
