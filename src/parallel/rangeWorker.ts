/** What a worker thread runs: one part of a range. A failure of ours goes back as data, since errors lose their fields between threads. */
import { isReshoreError } from '../errors.js'

export interface RangeCall {
  readonly module: string
  readonly name: string
  readonly settings: unknown
  readonly from: number
  readonly to: number
}

export type RangeReply =
  | { readonly value: unknown }
  | { readonly failure: { readonly name: string; readonly message: string; readonly remedy: string; readonly exitCode: 1 | 2 } }

/** Calls the function the call names. */
export async function callRange({ module, name, settings, from, to }: RangeCall): Promise<RangeReply> {
  const functions = await import(module) as Readonly<Record<string, (settings: unknown, from: number, to: number) => unknown>>
  const work = functions[name]
  if (work === undefined) throw new TypeError(`${module} exports no ${name}`)
  try {
    return { value: await work(settings, from, to) }
  } catch (error) {
    if (!isReshoreError(error)) throw error
    const { message, remedy, exitCode } = error
    return { failure: { name: error.name, message, remedy, exitCode } }
  }
}

export default callRange
