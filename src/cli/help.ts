/** Text of `reshore --help` and `reshore COMMAND --help`. */
import { sharedOptions } from './arguments.js'
import type { Command, OptionTable } from './command.js'

/** Overview of the commands, in the order given. */
export function overview(commands: readonly { readonly name: string; readonly summary: string }[]): string {
  return [
    'reshore: from confidential firm microdata to sourcing counterfactuals in one reproducible run',
    '',
    'Usage: reshore COMMAND [options]',
    '',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'reshore COMMAND --help shows the options of a command; reshore --version the version.',
    'Exit codes: 0 success, 1 the data or the model failed, 2 wrong usage.',
  ].join('\n')
}

/** Help of one command. */
export function commandHelp(command: Command): string {
  const { examples = [], kinds = {} } = command
  return [
    `reshore ${command.name}: ${command.summary}`,
    '',
    `Usage: reshore ${[command.name, ...command.positionals].join(' ')} [options]`,
    '',
    ...(Object.keys(kinds).length > 0 ? [`${command.positionals[0]!}:`, ...columns(Object.entries(kinds)), ''] : []),
    ...columns([...optionRows(command.options), ...optionRows(sharedOptions)]),
    ...(examples.length > 0 ? ['', 'Examples:', ...examples.map((line) => `  reshore ${line}`)] : []),
  ].join('\n')
}

function optionRows(table: OptionTable): [string, string][] {
  return Object.entries(table).map(([name, { value, summary, choices, multiple }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    `${summary}${choices === undefined ? '' : ` (${choices.join(', ')})`}${multiple ? '; may be repeated' : ''}`,
  ])
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
