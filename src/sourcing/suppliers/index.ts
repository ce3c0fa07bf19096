/** Sets of suppliers: many input industries, fixed costs by source, communication. */
export { readSuppliersProblem } from './problem.js'
export { prepareIndustries, solveSuppliers, solveSuppliersProblem, type PreparedIndustry } from './solve.js'
