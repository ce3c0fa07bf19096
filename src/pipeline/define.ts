/**
 * What a pipeline file says: a name, where its data lie, its settings, and its steps in flow order. A step names the raw
 * files and the earlier steps it reads and a function that makes its outputs; what it returns is what later steps receive,
 * with the same types, so that no cast is needed between them.
 */
import { ReshoreError } from '../errors.js'
import type { Engine } from '../engine/records.js'
import type { FlowStep } from '../report/records.js'
import type { Json, Stage } from './records.js'

/** A step as later steps name it. `T` is what its function returns. */
export interface Step<T = unknown> {
  readonly name: string
  readonly stage: Stage
  readonly files: Readonly<Record<string, string>>
  readonly inputs: Readonly<Record<string, Step>>
  readonly options: Readonly<Record<string, Json>>
  readonly run: (inputs: never, context: never) => T | Promise<T>
}

export type Files = Readonly<Record<string, string>>
export type Options = Readonly<Record<string, Json>>

/** What a step's function may use besides its inputs; everything that can change its result is in the fingerprint. */
export interface StepContext<F extends Files = Files, O extends Options = Options> {
  readonly engine: Engine
  /** Paths of the raw files by the names of the declaration, in name order; none only where a pattern may match none. */
  readonly files: { readonly [K in keyof F]: readonly string[] }
  readonly options: O
  /** Workers a parallel computation may use; results must not depend on it. */
  readonly threads: number
  /** Where the step may write files of its own (quarantine); they are kept with its outputs. */
  readonly folder: string
  /** Share of the work done, in [0, 1]. */
  progress(fraction: number, detail?: string): void
  /** Records rows read, kept and dropped; they end in `run.json` and on the page. */
  flow(...steps: readonly FlowStep[]): void
  /** A sentence the reader of the run must see. */
  note(text: string): void
}

export interface StepDeclaration<I extends object, F extends Files, O extends Options, T extends object> {
  readonly stage: Stage
  /** Raw files below the data folder: a path, or a pattern with `*` in its last part; with `?` at its end it may match none. */
  readonly files?: F
  /** Earlier steps; the function receives what they returned. */
  readonly inputs?: { readonly [K in keyof I]: Step<I[K]> }
  readonly options?: O
  /**
   * Makes the outputs: a record whose entries are relations (stored as Parquet, handed on as relations) or plain records of
   * JSON values and typed arrays, such as fits. It must see nothing but its arguments: a value from outside that is not in
   * `options` is not part of the fingerprint.
   */
  run(inputs: I, context: StepContext<F, O>): T | Promise<T>
}

export type SettingValue = number | string | boolean
export type Settings = Readonly<Record<string, SettingValue>>

/** `number` for a default of 3, not the literal type 3. */
export type Widened<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends number ? number : S[K] extends string ? string : boolean
}

/** Handed to `steps`: declares steps and knows the settings of this run. */
export interface Flow<S extends Settings = Settings> {
  readonly settings: Widened<S>
  /** `--min-cell`. */
  readonly minCell?: number
  step<I extends object = object, F extends Files = Files, O extends Options = Options, T extends object = object>(
    name: string,
    declaration: StepDeclaration<I, F, O, T>,
  ): Step<T>
}

export interface PipelineDeclaration<S extends Settings> {
  /** Lower case with hyphens; also the name of the run folder. */
  readonly name: string
  /** One sentence: what it answers. */
  readonly description: string
  /** Data folder relative to the pipeline file. Without it `--data` is needed. */
  readonly data?: string
  /** Defaults of `--set key=value`. A setting named `seed`, or ending in `Seed`, is recorded as a seed. */
  readonly settings?: S
  /** Declares the steps in flow order. The last step of stage `report` makes the page. */
  steps(flow: Flow<S>): void
}

export interface Pipeline {
  readonly name: string
  readonly description: string
  readonly data?: string
  readonly settings: Settings
  /** The steps with these settings, checked. */
  readonly plan: (settings: Settings, minCell?: number) => readonly Step[]
}

const namePattern = /^[a-z][a-z0-9-]*$/

/**
 * Returns a pipeline from its declaration; a pipeline file exports it as default. Throws `PipelineError` for a name that
 * is not lower case with hyphens; steps are checked when they are planned.
 *
 * @example
 * const pipeline = definePipeline({
 *   name: 'wages',
 *   description: 'Mean wage of the survey',
 *   data: '../data',
 *   settings: { year: 2008 },
 *   steps({ step, settings }) {
 *     const survey = step('survey', {
 *       stage: 'ingest', files: { survey: 'survey.parquet' },
 *       run: (_, { engine, files }) => ({ firms: engine.scan(files.survey[0]!, 'parquet', { key: ['firm', 'year'] }) }),
 *     })
 *     step('count', {
 *       stage: 'features', inputs: { survey }, options: { year: settings.year },
 *       async run({ survey }, { engine }) {
 *         const table = await engine.query(survey.firms)
 *         return { count: { rows: table.numRows } }
 *       },
 *     })
 *   },
 * })
 */
export function definePipeline<const S extends Settings = Record<never, never>>(declaration: PipelineDeclaration<S>): Pipeline {
  const { name, description, data, settings = {} as S } = declaration
  if (!namePattern.test(name))
    throw pipelineError(`the pipeline's name is \`${name}\``, 'Use lower-case letters, digits and hyphens.')
  return {
    name,
    description,
    ...(data === undefined ? {} : { data }),
    settings,
    plan(values, minCell) {
      const steps: Step[] = []
      declaration.steps({
        settings: values as Widened<S>,
        ...(minCell === undefined ? {} : { minCell }),
        step(stepName, { stage, files = {}, inputs = {}, options = {}, run }) {
          const step = { name: stepName, stage, files, inputs, options, run } as unknown as Step<Awaited<ReturnType<typeof run>>>
          checkStep(step, steps)
          steps.push(step)
          return step
        },
      })
      if (steps.length === 0) throw pipelineError(`pipeline ${name} has no steps`, 'Declare at least one with step(…).')
      return steps
    },
  }
}

function checkStep(step: Step, earlier: readonly Step[]): void {
  if (!namePattern.test(step.name))
    throw pipelineError(`a step's name is \`${step.name}\``, 'Use lower-case letters, digits and hyphens.')
  if (earlier.some(({ name }) => name === step.name))
    throw pipelineError(`two steps are named ${step.name}`, 'Give each step its own name.')
  for (const [name, input] of Object.entries(step.inputs)) {
    if (!earlier.includes(input))
      throw pipelineError(
        `input ${name} of step ${step.name} is not an earlier step of this pipeline`,
        'Declare it above and pass what step(…) returned.',
      )
  }
  if (!isJson(step.options))
    throw pipelineError(
      `the options of step ${step.name} are not JSON`,
      'Options are finite numbers, texts, booleans, null, arrays and records of these.',
    )
}

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  return typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson)
}

/** A pipeline file that cannot be run as it stands. */
export function pipelineError(message: string, remedy: string): ReshoreError {
  return new ReshoreError('PipelineError', message, remedy, 2)
}
