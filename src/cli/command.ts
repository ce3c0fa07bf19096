/**
 * What a command is. Each file of this folder named in `dispatch.ts` exports one `command`, made with `defineCommand`; the
 * frame parses its arguments, hands them over typed by its option table, prints what it returns through `CommandIo` and
 * turns what it throws into a message and an exit code.
 */
import type { CommandIo } from './io.js'

/** One option as `--help` shows it. `value` is the placeholder of its argument; an option without it is a flag. */
export interface OptionSpec {
  readonly summary: string
  readonly value?: string
  /** May stand alone, without its argument; the value is then empty. */
  readonly bare?: boolean
  /** May be given several times; each occurrence is one element. */
  readonly multiple?: boolean
  /** Allowed values, checked before the command runs. */
  readonly choices?: readonly string[]
  /** What to say beside the allowed values where another one is given. */
  readonly remedy?: string
}

export type OptionTable = Readonly<Record<string, OptionSpec>>

export type OptionValue = boolean | string | readonly string[] | undefined

/** Options after parsing: flags are booleans, repeated options arrays, the others text or undefined when not given. */
export type OptionValues<O extends OptionTable> = string extends keyof O
  ? Readonly<Record<string, OptionValue>>
  : {
      readonly [K in keyof O]: O[K] extends { readonly value: string }
        ? O[K] extends { readonly multiple: true }
          ? readonly string[]
          : O[K] extends { readonly choices: readonly (infer C extends string)[] }
            ? C | undefined
            : string | undefined
        : boolean
    }

export interface CommandArguments<O extends OptionTable> {
  /** In the order of `Command.positionals`; the frame has checked their number. */
  readonly positionals: readonly string[]
  readonly options: OptionValues<O>
}

export interface Command<O extends OptionTable = OptionTable> {
  readonly name: string
  readonly summary: string
  /** Names of the required arguments, as `--help` shows them: `['FILE']`. */
  readonly positionals: readonly string[]
  /** What the first argument may be, and what each means: listed by `--help`, checked before the command runs. */
  readonly kinds?: Readonly<Record<string, string>>
  /** What other packages call a kind. */
  readonly otherNames?: Readonly<Record<string, string>>
  readonly options: O
  /** What options of other packages are here: `{ absorb: 'Write effects after | in --formula.' }`. */
  readonly otherOptions?: Readonly<Record<string, string>>
  /** A few whole command lines, without the leading `reshore`. */
  readonly examples?: readonly string[]
  /** A failure is thrown; 1 is returned only when the result itself, already printed, says that something is wrong. */
  run(args: CommandArguments<O>, io: CommandIo): Promise<void | 1>
}

/**
 * The command itself; gives `run` the types of its own option table.
 *
 * @example
 * export const command = defineCommand({
 *   name: 'hello', summary: 'greet', positionals: ['WHO'], options: { loud: { summary: 'in capitals' } },
 *   async run({ positionals: [who], options }, io) {
 *     const text = options.loud ? who!.toUpperCase() : who!
 *     io.result({ greeted: text }, () => `Hello ${text}`)
 *   },
 * })
 */
export function defineCommand<const O extends OptionTable>(command: Command<O>): Command<O> {
  return command
}
