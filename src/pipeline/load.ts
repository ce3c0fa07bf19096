/**
 * A pipeline file as a running pipeline. TypeScript goes through tsx; `'reshore'` means the reshore that runs, wherever the
 * file lies and whether or not it is installed there. The file and every local file it imports are also read as text: that
 * text is part of each step's fingerprint.
 */
import { existsSync, readFileSync } from 'node:fs'
import { register as registerHook } from 'node:module'
import { basename, dirname, extname, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { ReshoreError } from '../errors.js'
import { pipelineError, type Pipeline } from './define.js'

export interface LoadedPipeline {
  readonly pipeline: Pipeline
  /** Absolute path. */
  readonly file: string
  /** Default data folder, absolute; undefined when the pipeline names none. */
  readonly data?: string
  /** The pipeline's own files compiled, without types, comments and layout, in name order. */
  readonly code: readonly { readonly path: string; readonly text: string }[]
}

const packageRoot = fileURLToPath(new URL('../..', import.meta.url))

/** Loads a pipeline file. Throws `PipelineError` when it cannot be read, compiled or does not export a pipeline. */
export async function loadPipeline(path: string): Promise<LoadedPipeline> {
  const file = resolve(path)
  if (!existsSync(file))
    throw pipelineError(`there is no pipeline file ${file}`, 'Check the path; relative paths start at the current folder.')
  const imported = await importFile(file)
  const pipeline = imported.module.default
  if (!isPipeline(pipeline))
    throw pipelineError(`${basename(file)} does not export a pipeline`, 'Write `export default definePipeline({ … })`.')
  const folder = dirname(file)
  return {
    pipeline,
    file,
    ...(pipeline.data === undefined ? {} : { data: resolve(folder, pipeline.data) }),
    code: await compiled(imported.files, folder),
  }
}

async function importFile(file: string): Promise<{ module: { readonly default?: unknown }; files: readonly string[] }> {
  // First, while no module hook is there to be asked about each of its several hundred modules.
  const [{ register }] = await Promise.all([import('tsx/esm/api'), import('../index.js')])
  const unregister = register({ tsconfig: false })
  const { port1: here, port2: there } = new MessageChannel()
  // After tsx, so that it is asked first.
  registerHook(new URL('./resolveHook.js', import.meta.url), {
    data: { index: new URL('../index.js', import.meta.url).href, root: new URL('..', import.meta.url).href, imports: there },
    transferList: [there],
  })
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
    return { module, files: [...new Set([file, ...told(here).filter(isLocal).map((url) => fileURLToPath(url))])].sort() }
  } catch (error) {
    throw loadFailure(error, file)
  } finally {
    here.close()
    await unregister()
  }
}

/** What tsx adds to the URL of a file it looks at for its own ends. */
const tsxQuery = /(?:\?|%3F)tsx-.*$/

/** The hook tells of a module before it is loaded, so that all have been told of when the import is done; waiting for events could miss the last. */
function told(port: MessagePort): string[] {
  const urls: string[] = []
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) urls.push((next.message as string).replace(tsxQuery, ''))
  return urls
}

/** Files of the pipeline's author: not packages, not reshore's own. */
function isLocal(url: string): boolean {
  if (!url.startsWith('file:')) return false
  const path = fileURLToPath(url)
  return (
    !path.includes(`${sep}node_modules${sep}`) &&
    !path.startsWith(`${packageRoot}dist${sep}`) &&
    !path.startsWith(`${packageRoot}src${sep}`)
  )
}

/** Compiled as tsx compiles, so that a step's function is found in the text as the running function prints itself. */
async function compiled(files: readonly string[], folder: string): Promise<LoadedPipeline['code']> {
  const { transform } = await import('esbuild')
  return Promise.all(
    files.map(async (file) => {
      const source = readFileSync(file, 'utf8')
      const path = file.startsWith(folder + sep)
        ? file
            .slice(folder.length + 1)
            .split(sep)
            .join('/')
        : basename(file)
      if (!/^\.[cm]?[jt]sx?$/.test(extname(file))) return { path, text: source }
      const { code } = await transform(source, {
        loader: 'ts',
        format: 'esm',
        minifyWhitespace: true,
        keepNames: true,
        target: `node${process.versions.node}`,
      })
      return { path, text: code }
    }),
  )
}

function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && typeof (value as { plan?: unknown }).plan === 'function'
}

function loadFailure(error: unknown, file: string): unknown {
  if (error instanceof ReshoreError) return error
  const message = error instanceof Error ? error.message : String(error)
  return Object.assign(
    pipelineError(
      `${basename(file)} cannot be loaded: ${message.split('\n').slice(0, 3).join(' ')}`,
      'Correct the pipeline file; `npx tsc --noEmit` shows type errors.',
    ),
    { cause: error },
  )
}
