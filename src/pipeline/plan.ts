/** A loaded pipeline with this run's data folder, settings and steps; and the raw files a step reads. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { ReshoreError } from '../errors.js'
import { pipelineError, type SettingValue, type Settings, type Step } from './define.js'
import { sharedFingerprint, type SharedFingerprint } from './fingerprint.js'
import { hashFile } from './hash.js'
import type { LoadedPipeline } from './load.js'
import type { HashedFile } from './records.js'

/** What the command line may change about a run; none of it but `data`, `settings` and `minCell` can change a result. */
export interface RunOptions {
  /** Data folder; the pipeline's own by default. */
  readonly data?: string
  /** Run folder; `runs/<pipeline>` by default. */
  readonly out?: string
  /** Settings as text, `key -> value`. */
  readonly settings?: Readonly<Record<string, string>>
  readonly minCell?: number
  readonly threads?: number
  /** `2GiB`, for the database. */
  readonly memory?: string
  /** Steps to run although they are up to date. */
  readonly force?: readonly string[]
}

export interface RunPlan {
  readonly loaded: LoadedPipeline
  readonly folder: string
  /** Undefined when no step reads files. */
  readonly data: string | undefined
  readonly settings: Settings
  readonly minCell?: number
  readonly steps: readonly Step[]
  readonly shared: SharedFingerprint
  readonly force: readonly string[]
}

/** The plan of a run. Throws `PipelineError` or `SettingError` for what does not fit together. */
export function planRun(loaded: LoadedPipeline, options: RunOptions): RunPlan {
  const { pipeline } = loaded
  const settings = readSettings(pipeline.settings, options.settings ?? {})
  const steps = pipeline.plan(settings, options.minCell)
  for (const name of options.force ?? []) {
    if (!steps.some((step) => step.name === name))
      throw pipelineError(
        `--force names ${name}, which is no step of ${pipeline.name}`,
        `Steps: ${steps.map((step) => step.name).join(', ')}.`,
      )
  }
  return {
    loaded,
    folder: resolve(options.out ?? join('runs', pipeline.name)),
    data: steps.some((step) => Object.keys(step.files).length > 0) ? dataFolder(loaded, options.data) : undefined,
    settings,
    ...(options.minCell === undefined ? {} : { minCell: options.minCell }),
    steps,
    shared: sharedFingerprint(loaded.code, steps),
    force: options.force ?? [],
  }
}

function dataFolder(loaded: LoadedPipeline, given: string | undefined): string {
  const folder = given === undefined ? loaded.data : resolve(given)
  if (folder === undefined)
    throw pipelineError(`pipeline ${loaded.pipeline.name} needs a data folder`, 'Give it with --data DIR.')
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw pipelineError(`there is no data folder ${folder}`, 'Give the folder of the raw files with --data DIR.')
  return folder
}

/** Defaults overridden by text, each read as the type of its default. */
function readSettings(defaults: Settings, given: Readonly<Record<string, string>>): Settings {
  const known = Object.keys(defaults)
  const read = Object.entries(given).map(([key, text]) => {
    if (!Object.hasOwn(defaults, key))
      throw settingError(
        `there is no setting ${key}`,
        known.length === 0 ? 'This pipeline has none.' : `Settings: ${known.join(', ')}.`,
      )
    return [key, readSetting(key, text, defaults[key]!)] as const
  })
  return { ...defaults, ...Object.fromEntries(read) }
}

function readSetting(key: string, text: string, standard: SettingValue): SettingValue {
  if (typeof standard === 'string') return text
  if (typeof standard === 'boolean') {
    if (text !== 'true' && text !== 'false') throw settingError(`setting ${key} is \`${text}\``, 'Give true or false.')
    return text === 'true'
  }
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value))
    throw settingError(`setting ${key} is \`${text}\``, `Give a number; the default is ${standard}.`)
  return value
}

function settingError(message: string, remedy: string): ReshoreError {
  return new ReshoreError('SettingError', message, remedy, 2)
}

/**
 * Absolute paths of a step's raw files by name, in name order. Throws `MissingInputError` when a pattern matches none, unless it ends
 * in `?`.
 */
export function stepFiles(step: Step, data: string | undefined): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(step.files).map(([name, pattern]) => {
      const needed = !pattern.endsWith('?')
      const below = needed ? pattern : pattern.slice(0, -1)
      const path = isAbsolute(below) ? below : join(data!, below)
      const found = matching(path)
      if (needed && found.length === 0)
        throw new ReshoreError(
          'MissingInputError',
          `step ${step.name} reads ${name}, but no file matches ${path}`,
          'Put the file there, or give another folder with --data DIR.',
        )
      return [name, found]
    }),
  )
}

/** Files of a path whose last part may hold `*`. */
function matching(path: string): string[] {
  if (!basename(path).includes('*')) return existsSync(path) ? [path] : []
  const folder = dirname(path)
  if (!existsSync(folder)) return []
  const pattern = new RegExp(
    `^${basename(path)
      .split('*')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  )
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name))
}

/** The files with their hashes, under their paths below the data folder; a file from elsewhere under its name alone. */
export async function hashFiles(
  files: Readonly<Record<string, readonly string[]>>,
  data: string | undefined,
): Promise<readonly HashedFile[]> {
  const paths = [...new Set(Object.values(files).flat())].sort()
  return Promise.all(paths.map((path) => hashFile(path, nameBelow(path, data))))
}

function nameBelow(path: string, data: string | undefined): string {
  const below = data === undefined ? path : relative(data, path)
  return below.startsWith('..') || isAbsolute(below) ? basename(path) : below.split(sep).join('/')
}
