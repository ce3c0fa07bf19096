/** `reshore solve KIND --problem FILE.json`: reads one problem document and prints its exact solution. */
import { usageError } from './arguments.js'
import { defineCommand } from './command.js'
import { readJson } from './readJson.js'

interface Answer {
  readonly result: object
  /** What the user should know about how the document was read. */
  readonly notes?: readonly string[]
}

type Solver = (document: unknown) => Answer

interface Kind {
  readonly summary: string
  /** The solver's code is loaded when the kind is asked for. */
  readonly load: () => Promise<Solver>
}

const kinds: Readonly<Record<string, Kind>> = {
  tree: {
    summary: 'where each part of a production tree is made, for one trade cost or every one',
    load: async () => {
      const { notReadWithFixedCosts, readTreeProblem, solveTree } = await import('../sourcing/tree/index.js')
      return (document) => {
        const problem = readTreeProblem(document)
        return { result: solveTree(problem), notes: notReadWithFixedCosts(problem) }
      }
    },
  },
  chain: {
    summary: 'the chain of a sequential product at every quantity, with fixed costs by stage or country',
    load: async () => {
      const { readChainProblem, solveChain } = await import('../sourcing/chain/index.js')
      return (document) => ({ result: solveChain(readChainProblem(document)) })
    },
  },
  suppliers: {
    summary: 'the locations a firm buys its inputs from, with a fixed cost for each',
    load: async () => {
      const { readSuppliersProblem, solveSuppliersProblem } = await import('../sourcing/suppliers/index.js')
      return (document) => ({ result: solveSuppliersProblem(readSuppliersProblem(document)) })
    },
  },
  selection: {
    summary: 'an industry in which offshoring drives selection: regime, cutoffs, masses',
    load: async () => {
      const { readSelectionProblem, solveSelection } = await import('../sourcing/selection/index.js')
      return (document) => {
        const { notes, ...result } = solveSelection(readSelectionProblem(document))
        return { result, notes }
      }
    },
  },
  participation: {
    summary: 'entry and exit with sunk costs and neighbours, simulated',
    load: async () => {
      const { readParticipationProblem, simulateParticipation } = await import('../sourcing/participation/index.js')
      return (document) => ({ result: simulateParticipation(readParticipationProblem(document)) })
    },
  },
}

export const command = defineCommand({
  name: 'solve',
  summary: 'solve a sourcing problem exactly',
  positionals: ['KIND'],
  kinds: Object.fromEntries(Object.entries(kinds).map(([name, { summary }]) => [name, summary])),
  options: { problem: { summary: 'problem document', value: 'FILE.json' } },
  examples: ['solve tree --problem tree.json', 'solve chain --problem chain.json --json'],
  async run({ positionals: [kind], options }, io) {
    if (options.problem === undefined) throw usageError('solve needs --problem FILE.json', `Write: reshore solve ${kind} --problem FILE.json.`)
    const { result, notes = [] } = (await kinds[kind!]!.load())(await readJson(options.problem, 'problem document'))
    for (const note of notes) io.note(`note: ${note}`)
    io.result(result, () => planText(result))
  },
})

/** Single values one a line, records with a line an entry, lists of records as tables. */
function planText(result: object): string {
  return Object.entries(result)
    .map(([name, value]) => (isTable(value) ? `${name}\n${tableText(value)}` : isRecord(value) ? `${name}\n${recordText(value)}` : `${name}: ${cellText(value)}`))
    .join('\n')
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function recordText(record: Readonly<Record<string, unknown>>): string {
  const width = Math.max(...Object.keys(record).map((name) => name.length))
  return Object.entries(record).map(([name, value]) => `  ${name.padEnd(width)}  ${value === null ? 'none' : cellText(value)}`).join('\n')
}

function isTable(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && isRecord(value[0])
}

function tableText(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const names = Object.keys(rows[0]!)
  const cells = [names, ...rows.map((row) => names.map((name) => cellText(row[name])))]
  const widths = names.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  return cells.map((row) => `  ${row.map((cell, column) => cell.padStart(widths[column]!)).join('  ')}`).join('\n')
}

/** Longest list shown whole; `--json` has them all. */
const longestList = 40

function cellText(value: unknown): string {
  if (value === null) return '∞'
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(7)))
  if (!Array.isArray(value)) return typeof value === 'object' ? JSON.stringify(value) : String(value)
  const shown = value.slice(0, longestList).map(cellText)
  return `[${shown.join(' ')}${value.length > longestList ? ` … ${value.length - longestList} more` : ''}]`
}
