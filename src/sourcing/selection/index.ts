/** PROBLEM -> PLAN for an industry in which offshoring drives selection. */
export { readSelectionProblem } from './read.js'
export { solveSelection } from './solve.js'
export { selectionPath, varietyCrossings, type SelectionPath, type SelectionVariable } from './statics.js'
export { selectionClaims, type SelectionClaim } from './claims.js'
export { paretoRatios, paretoThresholds, type ParetoThresholds } from './pareto.js'
