/**
 * The scenario document: what changes, by the labels of the calibrated costs, and its application to a problem. Reading refuses
 * unknown keys; applying refuses unknown labels and costs that would turn negative.
 */
import { z } from 'zod'
import { ReshoreError } from '../errors.js'
import type { Costs } from '../calibrate/records.js'
import type { ChainProblem, TreeProblem } from '../sourcing/records.js'
import type { Scenario, ScenarioChange } from './records.js'

const amount = { factor: z.number().nonnegative().optional(), add: z.number().optional() }
const change = z.discriminatedUnion('cost', [
  z.strictObject({ cost: z.literal('trade'), from: z.string().optional(), to: z.string().optional(), ...amount }),
  z.strictObject({ cost: z.literal('wage'), location: z.string().optional(), stage: z.string().optional(), ...amount }),
  z.strictObject({ cost: z.literal('fixed'), location: z.string().optional(), stage: z.string().optional(), ...amount }),
])
const document = z.strictObject({ name: z.string().min(1), description: z.string().optional(), changes: z.array(change).min(1) })

/**
 * Returns the scenario a JSON document states. Throws `ScenarioError` (wrong usage) naming the path of what is wrong; an unknown cost
 * is answered with the list of known ones.
 *
 * @example
 * const tariff = readScenario({ name: 'tariff', changes: [{ cost: 'trade', to: 'Italy', factor: 1.25 }] })
 */
export function readScenario(text: unknown): Scenario {
  const parsed = document.safeParse(text)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    const path = issue.path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`)).join('')
    const unknownCost = issue.path.at(-1) === 'cost'
    throw new ReshoreError(
      'ScenarioError',
      `Scenario document, ${path || 'top level'}: ${unknownCost ? 'unknown cost' : issue.message}.`,
      'A change names one cost, `trade` (from, to), `wage` (location, stage) or `fixed` (location, stage), and one of `factor` (at least 0) or `add`.',
      2,
    )
  }
  parsed.data.changes.forEach(checkAmount)
  return parsed.data
}

function checkAmount(change: ScenarioChange, index: number): void {
  if ((change.factor === undefined) !== (change.add === undefined)) return
  throw new ReshoreError('ScenarioError', `Scenario document, changes[${index}]: give exactly one of factor and add.`, 'For a rise by a quarter write "factor": 1.25.', 2)
}

/** Returns the costs after the scenario, for the chain and the tree alike. Throws `ScenarioError` for unknown labels and negative results. */
export function applyScenario(costs: Costs, scenario: Scenario): Costs {
  return scenario.changes.reduce((current, change) => applyChange(current, scenario, change), costs)
}

function applyChange(costs: Costs, scenario: Scenario, change: ScenarioChange): Costs {
  if (change.cost === 'trade') {
    const touched = pairs(costs, scenario, change.from, change.to)
    return { ...costs, chain: chainTrade(costs.chain, scenario, change, touched), tree: treeTrade(costs.tree, scenario, change, touched) }
  }
  const touched = cells(costs, scenario, change.location, change.stage)
  return change.cost === 'fixed'
    ? { ...costs, chain: { ...costs.chain, fixedCosts: changeCells(costs.chain.fixedCosts, scenario, change, touched) } }
    : { ...costs, chain: { ...costs.chain, unitCosts: changeCells(costs.chain.unitCosts, scenario, change, touched) }, tree: treeWage(costs, scenario, change, touched) }
}

type Touched = (row: number, column: number) => boolean

/** Trade between different locations, by the names given. Final shipping to home is trade with home. */
function pairs(costs: Costs, scenario: Scenario, from?: string, to?: string): Touched {
  const origin = position(costs.locations, scenario, 'location', from)
  const target = position(costs.locations, scenario, 'location', to)
  return (i, j) => i !== j && (origin === undefined || origin === i) && (target === undefined || target === j)
}

/** [stage][location] cells; fixed costs at home stay what they are unless home is named. */
function cells(costs: Costs, scenario: Scenario, location?: string, stage?: string): Touched {
  const column = position(costs.locations, scenario, 'location', location)
  const row = position(costs.stages, scenario, 'stage', stage)
  return (n, i) => (row === undefined || row === n) && (column === undefined || column === i)
}

function position(labels: readonly string[], scenario: Scenario, kind: string, name?: string): number | undefined {
  if (name === undefined) return undefined
  const found = labels.indexOf(name)
  if (found >= 0) return found
  throw new ReshoreError('ScenarioError', `Scenario '${scenario.name}' names the unknown ${kind} '${name}'.`, `Known: ${labels.join(', ')}.`, 2)
}

function chainTrade(chain: ChainProblem, scenario: Scenario, change: ScenarioChange, touched: Touched): ChainProblem {
  const apply = (value: number): number => (chain.tradeForm === 'iceberg' ? 1 + changed(value - 1, change, scenario) : changed(value, change, scenario))
  const matrix = (rows: readonly (readonly number[])[]): number[][] => rows.map((row, i) => row.map((value, j) => (touched(i, j) ? apply(value) : value)))
  const layered = Array.isArray(chain.tradeCosts[0]?.[0])
  return {
    ...chain,
    tradeCosts: layered
      ? (chain.tradeCosts as readonly (readonly (readonly number[])[])[]).map(matrix)
      : matrix(chain.tradeCosts as readonly (readonly number[])[]),
    finalShipping: chain.finalShipping?.map((value, i) => (touched(i, 0) ? apply(value) : value)),
  }
}

function treeTrade(tree: TreeProblem, scenario: Scenario, change: ScenarioChange, touched: Touched): TreeProblem {
  return {
    ...tree,
    tradeCosts: tree.tradeCosts.map((row, i) => row.map((value, j) => (touched(i, j) ? changed(value, change, scenario) : value))),
    finalShipping: tree.finalShipping?.map((value, i) => (touched(i, 0) ? changed(value, change, scenario) : value)),
  }
}

/** Tree nodes count from downstream, chain stages from upstream. An added wage is per unit of the stage, so it is weighted by the stage's share. */
function treeWage(costs: Costs, scenario: Scenario, change: ScenarioChange, touched: Touched): TreeProblem {
  const last = costs.stages.length - 1
  const homeCost = (node: number): number => costs.tree.costs[node]![0]! / costs.chain.unitCosts[last - node]![0]!
  return {
    ...costs.tree,
    costs: costs.tree.costs.map((row, node) =>
      row.map((value, i) => {
        if (!touched(last - node, i)) return value
        const share = homeCost(node)
        return share * changed(value / share, change, scenario)
      }),
    ),
  }
}

function changeCells(rows: readonly (readonly number[])[], scenario: Scenario, change: ScenarioChange, touched: Touched): number[][] {
  return rows.map((row, n) => row.map((value, i) => (touched(n, i) ? changed(value, change, scenario) : value)))
}

function changed(value: number, change: ScenarioChange, scenario: Scenario): number {
  const result = change.factor !== undefined ? value * change.factor : value + change.add!
  if (result >= 0 && Number.isFinite(result)) return result
  throw new ReshoreError('ScenarioError', `Scenario '${scenario.name}' makes a ${change.cost} cost negative (${value} becomes ${result}).`, 'Use a smaller cut, or a factor.', 2)
}
