/** PROBLEM -> PLAN for production chains with increasing returns. */
export { readChainProblem } from './read.js'
export { solveChain } from './solve.js'
export { fixedCost, marginalCost } from './technology.js'
export { chainAt, solveChains } from './batch.js'
export { drawChains, type ChainDraws } from './simulate.js'
export { publishedIteration, type FlowProgram, type OpenProgram, type ProgramSession, type PublishedPlan } from './published.js'
export { chainMarket, type ChainDemand, type ChainEquilibrium, type ChainMarket, type Pricing } from './equilibrium.js'
