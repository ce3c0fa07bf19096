/**
 * The words of a command line checked against a command's option table. Everything wrong is a `UsageError` that names the
 * word and the closest allowed one; nothing is ignored. Also the readers of option values: counts, bytes, lists.
 */
import { parseArgs } from 'node:util'
import { distance } from 'fastest-levenshtein'
import { ReshoreError } from '../errors.js'
import type { Command, CommandArguments, OptionTable, OptionValue } from './command.js'

/** Options every command takes. */
export const sharedOptions = {
  json: { summary: 'print one JSON document on standard output and nothing else' },
  quiet: { summary: 'no notes and no progress on standard error' },
  help: { summary: 'show this help' },
} as const satisfies OptionTable

export interface ParsedArguments {
  readonly command: CommandArguments<OptionTable>
  readonly json: boolean
  readonly quiet: boolean
  readonly help: boolean
}

/** What `words` (everything after the command's name) say, or a `UsageError`. */
export function parseCommandLine(words: readonly string[], command: Command): ParsedArguments {
  const table: OptionTable = { ...command.options, ...sharedOptions }
  const { values, positionals } = readWords(words, table, command.otherOptions ?? {})
  const flag = (name: string): boolean => values.get(name) !== undefined
  const help = flag('help')
  if (!help) checkPositionals(positionals, command)
  return { command: { positionals, options: optionValues(values, table) }, json: flag('json'), quiet: flag('quiet'), help }
}

function readWords(words: readonly string[], table: OptionTable, others: Readonly<Record<string, string>>): { values: Map<string, string[]>; positionals: string[] } {
  const values = new Map<string, string[]>()
  const positionals: string[] = []
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: true },
    ]),
  )
  const { tokens } = parseArgs({
    args: closeBareOptions(words, table),
    options: { ...options, help: { type: 'boolean', short: 'h', multiple: true } },
    strict: false,
    tokens: true,
    allowPositionals: true,
  })
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const spec = Object.hasOwn(table, token.name) ? table[token.name] : undefined
    if (spec === undefined)
      throw usageError(
        `unknown option ${token.rawName}`,
        Object.hasOwn(others, token.name) ? others[token.name]! : suggestion(
          token.rawName,
          Object.keys(table).map((name) => `--${name}`),
        ),
      )
    const given = values.get(token.name) ?? []
    if (given.length > 0 && spec.multiple !== true && spec.value !== undefined)
      throw usageError(`--${token.name} is given twice`, 'Give it once.')
    values.set(token.name, [...given, checkedValue(token.name, token.value, token.inlineValue === true, spec, table)])
  }
  return { values, positionals }
}

/** `--name` of an option that may stand alone becomes `--name=` where no argument follows. */
function closeBareOptions(words: readonly string[], table: OptionTable): string[] {
  return words.map((word, at) => {
    const alone = words[at + 1] === undefined || words[at + 1]!.startsWith('--')
    return alone && Object.hasOwn(table, word.slice(2)) && table[word.slice(2)]!.bare === true ? `${word}=` : word
  })
}

function checkedValue(
  name: string,
  value: string | undefined,
  inline: boolean,
  spec: OptionTable[string],
  table: OptionTable,
): string {
  if (spec.value === undefined) {
    if (value !== undefined) throw usageError(`--${name} takes no value, but got \`${value}\``, `Write --${name} alone.`)
    return ''
  }
  const looksLikeOption =
    !inline && value !== undefined && value.startsWith('--') && Object.hasOwn(table, value.slice(2).split('=')[0]!)
  if (value === undefined || looksLikeOption) throw usageError(`--${name} needs a value`, `Write --${name} ${spec.value}.`)
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw usageError(`--${name} is \`${value}\``, `${suggestion(value, spec.choices)} Allowed: ${spec.choices.join(', ')}.${spec.remedy === undefined ? '' : ` ${spec.remedy}`}`)
  }
  return value
}

function optionValues(values: ReadonlyMap<string, string[]>, table: OptionTable): Record<string, OptionValue> {
  return Object.fromEntries(
    Object.entries(table).map(([name, spec]) => {
      const given = values.get(name)
      if (spec.value === undefined) return [name, given !== undefined]
      return [name, spec.multiple === true ? (given ?? []) : given?.[0]]
    }),
  )
}

function checkPositionals(given: readonly string[], command: Command): void {
  const { positionals: wanted, kinds, otherNames = {} } = command
  const allowed = Object.keys(kinds ?? {})
  const usage = `Write: reshore ${command.name} ${wanted.join(' ')}${kinds ? `, ${wanted[0]} one of ${allowed.join(', ')}` : ''}; see reshore ${command.name} --help.`
  if (given.length < wanted.length) throw usageError(`${command.name} needs ${wanted.slice(given.length).join(' ')}`, usage)
  if (given.length > wanted.length)
    throw usageError(`${command.name} does not know what to do with \`${given[wanted.length]}\``, usage)
  const meant = Object.hasOwn(otherNames, given[0]!) ? `Did you mean ${otherNames[given[0]!]}?` : suggestion(given[0]!, allowed)
  if (kinds && !allowed.includes(given[0]!))
    throw usageError(`unknown ${wanted[0]!.toLowerCase()} \`${given[0]}\``, `${meant} Allowed: ${allowed.join(', ')}.`)
}

/** Wrong use of the command line, exit code 2. */
export function usageError(message: string, remedy: string): ReshoreError {
  return new ReshoreError('UsageError', message, remedy.trim(), 2)
}

/** A whole number at or above `minimum` from an option's text; undefined stays undefined. */
export function countOption(name: string, text: string | undefined, minimum: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < minimum)
    throw usageError(`--${name} is \`${text}\``, `Give a whole number, at least ${minimum}.`)
  return value
}

/** A finite number from an option's text; undefined stays undefined. */
export function numberOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw usageError(`--${name} is \`${text}\``, 'Give a number.')
  return value
}

/** A comma-separated list from an option's text; undefined stays undefined. */
export function listOption(name: string, text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  const items = text.split(',').map((item) => item.trim())
  if (items.some((item) => item === ''))
    throw usageError(`--${name} is \`${text}\``, 'Give names separated by commas, without empty ones.')
  return items
}

/** A remedy naming the closest allowed word, or an empty text where none is close. */
export function suggestion(word: string, allowed: readonly string[]): string {
  const [closest] = allowed
    .map((candidate) => ({ candidate, edits: distance(word, candidate) }))
    .sort((a, b) => a.edits - b.edits)
  const close = closest !== undefined && closest.edits <= Math.max(2, Math.floor(word.length / 3))
  return close ? `Did you mean ${closest.candidate}?` : ''
}
