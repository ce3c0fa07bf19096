/**
 * Finds the command, parses its arguments, runs it, and turns what it throws into a message and an exit code. Each command lives
 * in its own file and is loaded only when it is called, so that `reshore --help` answers at once.
 */
import { readFileSync } from 'node:fs'
import { parseCommandLine, suggestion, usageError } from './arguments.js'
import type { Command } from './command.js'
import { reportFailure } from './failure.js'
import { commandHelp, overview } from './help.js'
import { createIo, type Output } from './io.js'

interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<{ readonly command: unknown }>
}

/** Commands in the order `--help` shows them. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'run the stale steps of a pipeline, resuming where a killed run stopped',
    load: () => import('./run.js'),
  },
  { name: 'status', summary: 'say which steps of a pipeline are stale and why', load: () => import('./status.js') },
  { name: 'ingest', summary: 'read a raw file into a typed table, bad rows into quarantine', load: () => import('./ingest.js') },
  { name: 'estimate', summary: 'estimate a model from a formula and a file', load: () => import('./estimate.js') },
  { name: 'solve', summary: 'solve a sourcing problem exactly', load: () => import('./solve.js') },
  {
    name: 'simulate',
    summary: 'write synthetic microdata with the true parameters beside them',
    load: () => import('./simulate.js'),
  },
  { name: 'report', summary: 'rebuild the page of a finished run', load: () => import('./report.js') },
  { name: 'doctor', summary: 'check the installation', load: () => import('./doctor.js') },
]

/** Runs one command line and returns its exit code. */
export async function dispatch(words: readonly string[], stdout: Output, stderr: Output): Promise<0 | 1 | 2> {
  const json = words.includes('--json')
  try {
    const [name, ...rest] = words
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      stdout.write(`${overview(commands)}\n`)
    } else if (name === '--version' || name === '-v') {
      stdout.write(`${packageVersion()}\n`)
    } else {
      return (await runCommand(await loadCommand(name), rest, stdout, stderr)) ?? 0
    }
    return 0
  } catch (error) {
    return reportFailure(error, json, stdout, stderr)
  }
}

async function runCommand(command: Command, words: readonly string[], stdout: Output, stderr: Output): Promise<void | 1> {
  const { command: parsed, json, quiet, help } = parseCommandLine(words, command)
  if (help) stdout.write(`${commandHelp(command)}\n`)
  else return command.run(parsed, createIo({ json, quiet, stdout, stderr }))
}

async function loadCommand(name: string): Promise<Command> {
  const entry = commands.find((known) => known.name === name)
  if (entry === undefined)
    throw usageError(
      `unknown command \`${name}\``,
      `${suggestion(
        name,
        commands.map((known) => known.name),
      )} See reshore --help.`,
    )
  // A command's `run` takes the values of its own option table, which the frame has just read by that table.
  return (await entry.load()).command as Command
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
