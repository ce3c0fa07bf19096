/**
 * Module hook around tsx's for pipeline files. 'reshore' means the reshore that runs, wherever the file lies; and a `.ts` file
 * is an ECMAScript module also in a folder whose package.json does not say so, or that has none.
 */
import type { MessagePort } from 'node:worker_threads'

interface HookData {
  readonly index: string
  readonly root: string
  /** Is told the URL of every module that is asked for. */
  readonly imports: MessagePort
}

interface Resolved {
  readonly url: string
  readonly format?: string | null
  readonly shortCircuit?: boolean
}

let running: HookData | undefined

export function initialize(data: HookData): void {
  running = data
}

export async function resolve(
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => Promise<Resolved>,
): Promise<Resolved> {
  if (running !== undefined && specifier === 'reshore') return { url: running.index, format: 'module', shortCircuit: true }
  if (running !== undefined && specifier === 'reshore/sourcing')
    return { url: new URL('sourcing/index.js', running.root).href, format: 'module', shortCircuit: true }
  const resolved = await next(specifier, context)
  running?.imports.postMessage(resolved.url)
  return resolved.format === 'commonjs' && /\.tsx?($|\?)/.test(resolved.url) ? { ...resolved, format: 'module' } : resolved
}
