/** PROBLEM -> PLAN for production chains with increasing returns. */
export { readChainProblem } from './read.js'
export { solveChain } from './solve.js'
export { fixedCost, marginalCost } from './technology.js'
