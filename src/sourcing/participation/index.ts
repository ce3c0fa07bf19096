/** Entry and exit with local spillovers: the two-state Bellman equation and its simulation. */
export { stayLogit, type EntryExitPrimitives } from './bellman.js'
export { readParticipationProblem } from './problem.js'
export { participationDraws, simulateParticipation } from './simulate.js'
