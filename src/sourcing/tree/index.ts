/** PROBLEM -> PLAN for production trees. */
export { allocateTree, evaluateTree, type TreeAllocation, type TreeCosts } from './bellman.js'
export { quantityEnvelope, type FixedCostTree, type QuantitySegment } from './envelope.js'
export { reshoredNodes, tauPath, type TauSegment } from './path.js'
export { treeProgram } from './program.js'
export { notReadWithFixedCosts, readTreeProblem } from './read.js'
export { completeTree, completeTreeSize, treeOfParents, type TreeShape } from './shape.js'
export { costsOf, shapeOf, solveTree } from './solve.js'
