/**
 * Runs a pipeline: step by step, those that are up to date are taken from the store, the others are made and stored before
 * the next one starts. A run that is killed is resumed by running it again; a run that fails leaves the finished run before
 * it as it was. Every step reads its inputs from the store, also in the run that made them, so that a resumed run computes
 * from the same bits as an undisturbed one.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Engine, Relation } from '../engine/records.js'
import { openDuckDb } from '../engine/index.js'
import { ReshoreError, isReshoreError } from '../errors.js'
import type { Fit } from '../estimate/records.js'
import type { FlowStep } from '../report/records.js'
import { pipelineError, type Step } from './define.js'
import { lockFolder } from './lock.js'
import { planRun, stepFiles, type RunOptions, type RunPlan } from './plan.js'
import type { LoadedPipeline } from './load.js'
import { publishRun, runRecord } from './publish.js'
import type { RunRecord, StaleReason, StepManifest } from './records.js'
import { stepState, type StepState } from './status.js'
import { finishResult, isFit, loadOutputs, outputsHash, prepareFolder, readStore, startResult, writeArtifacts, writeWhole, type Store } from './store.js'

/** What happens while a pipeline runs, for whoever shows it. */
export type RunEvent =
  | { readonly kind: 'start'; readonly step: string; readonly index: number; readonly of: number; readonly reasons: readonly StaleReason[] }
  | { readonly kind: 'progress'; readonly step: string; readonly fraction: number; readonly detail?: string }
  | { readonly kind: 'end'; readonly step: string; readonly outcome: 'made' | 'failed'; readonly seconds: number }
  | { readonly kind: 'reused'; readonly step: string }
  | { readonly kind: 'note'; readonly step: string; readonly text: string }

export interface RunResult {
  readonly folder: string
  /** Absolute path of the page, when the pipeline makes one. */
  readonly page?: string
  readonly record: RunRecord
  readonly made: readonly string[]
  readonly reused: readonly string[]
}

/** Where times of an unfinished run are kept until `run.json` takes them. */
const timesName = '.times.json'
/** What does not fit into memory goes here: confidential rows stay on the disk of the run. Gone when the run ends. */
const spillName = '.spill'

/**
 * Runs what is stale and returns the finished run. Throws what a step throws, with the step's name added; `NotWritableError`
 * and `RunLockedError` for the run folder; `PipelineError` and `SettingError` before anything runs.
 */
export async function runPipeline(
  loaded: LoadedPipeline,
  options: RunOptions = {},
  onEvent: (event: RunEvent) => void = () => {},
): Promise<RunResult> {
  const plan = planRun(loaded, options)
  for (const step of plan.steps) stepFiles(step, plan.data)
  const before = readStore(plan.folder)
  prepareFolder(plan.folder)
  const release = lockFolder(plan.folder)
  const threads = options.threads ?? availableParallelism()
  const spill = join(plan.folder, spillName)
  rmSync(spill, { recursive: true, force: true })
  const engine = await openDuckDb({ threads, memory: options.memory, temporaryDirectory: spill })
  try {
    return await runSteps(plan, before, engine, threads, onEvent)
  } finally {
    await engine.close()
    rmSync(spill, { recursive: true, force: true })
    release()
  }
}

async function runSteps(plan: RunPlan, store: Store, engine: Engine, threads: number, onEvent: (event: RunEvent) => void): Promise<RunResult> {
  const started = Date.now()
  const manifests = new Map<string, StepManifest>()
  const outputs = new Map<string, object>()
  const seconds: Record<string, number> = { ...store.run?.times.steps, ...unfinishedTimes(store.folder) }
  const made: string[] = []
  for (const [index, step] of plan.steps.entries()) {
    const state = await stepState(step, inputHashes(step, manifests), plan, store)
    let { manifest } = state
    if (manifest === undefined) {
      onEvent({ kind: 'start', step: step.name, index, of: plan.steps.length, reasons: state.reasons })
      const begun = Date.now()
      const before = Object.values(step.inputs).flatMap((input) => manifests.get(input.name)!.flow)
      manifest = await attempt(step, begun, onEvent, () => makeStep({ step, state, plan, store, engine, threads, outputs, before, onEvent }))
      seconds[step.name] = (Date.now() - begun) / 1000
      writeWhole(join(store.folder, timesName), JSON.stringify(seconds))
      made.push(step.name)
      onEvent({ kind: 'end', step: step.name, outcome: 'made', seconds: seconds[step.name]! })
    } else {
      onEvent({ kind: 'reused', step: step.name })
    }
    for (const text of manifest.notes) onEvent({ kind: 'note', step: step.name, text })
    manifests.set(step.name, manifest)
    outputs.set(step.name, loadOutputs(store, manifest, engine))
  }
  const record = await publishRun(store, runRecord(plan, [...manifests.values()], { started, seconds }))
  rmSync(join(store.folder, timesName), { force: true })
  return {
    folder: store.folder,
    ...(record.report === undefined ? {} : { page: join(store.folder, 'report.html') }),
    record,
    made,
    reused: plan.steps.map(({ name }) => name).filter((name) => !made.includes(name)),
  }
}

interface StepTask {
  readonly step: Step
  readonly state: StepState
  readonly plan: RunPlan
  readonly store: Store
  readonly engine: Engine
  readonly threads: number
  readonly outputs: ReadonlyMap<string, object>
  /** Rows on their way through the steps this one reads. */
  readonly before: readonly FlowStep[]
  readonly onEvent: (event: RunEvent) => void
}

async function makeStep({ step, state, plan, store, engine, threads, outputs, before, onEvent }: StepTask): Promise<StepManifest> {
  const folder = startResult(store, step.name, state.id)
  const flow: FlowStep[] = []
  const notes: string[] = []
  const kept: Relation[] = []
  const keep = async (relation: Relation): Promise<Relation> => {
    const rows = await engine.keep(relation)
    kept.push(rows)
    return rows
  }
  const context = {
    engine: { ...engine, keep },
    threads,
    folder,
    options: step.options,
    files: stepFiles(step, plan.data),
    progress: (fraction: number, detail?: string) => onEvent({ kind: 'progress', step: step.name, fraction, detail }),
    flow: (...more: readonly FlowStep[]) => void flow.push(...more),
    note: (text: string) => void notes.push(text),
  }
  const inputs = Object.fromEntries(Object.entries(step.inputs).map(([name, input]) => [name, outputs.get(input.name)!]))
  // What `definePipeline` typed for the step's author is erased here: inputs and context are those its declaration asks for.
  const made = await step.run(inputs as never, context as never)
  if (typeof made !== 'object' || made === null) {
    throw pipelineError(`step ${step.name} returned ${made === null ? 'null' : typeof made}`, 'Return a record of its outputs: { panel, … }.')
  }
  const artifacts = await writeArtifacts(folder, made, engine)
  // Later steps read what was written: what this one kept in memory is in their way.
  for (const rows of kept) await engine.release(rows)
  const manifest: StepManifest = {
    step: step.name,
    stage: step.stage,
    fingerprint: state.fingerprint,
    id: state.id,
    outputs: outputsHash(artifacts),
    artifacts,
    flow: [...flow, ...fitSamples(step.name, made, before)],
    notes,
  }
  finishResult(store, folder, manifest)
  return manifest
}

/** Every fit among the outputs counts its own sample. */
function fitSamples(step: string, outputs: object, before: readonly FlowStep[]): FlowStep[] {
  const fits = Object.entries(outputs).filter((entry): entry is [string, Fit] => isFit(entry[1]))
  return fits.map(([name, { sample }]) => {
    const source = sourceOf(sample.read, before)
    return {
      id: `${step}-${name}`,
      label: `${step}: ${name}`,
      kind: 'sample',
      from: source === undefined ? [] : [source.id],
      rows: sample.used,
      dropped: sample.dropped,
      ...(source?.unit === undefined ? {} : { unit: source.unit }),
    }
  })
}

/** The one stop with as many rows as a fit read; stops that come from such a stop (other fits) are not it. */
function sourceOf(read: number, before: readonly FlowStep[]): FlowStep | undefined {
  const alike = before.filter(({ rows }) => rows === read)
  const sources = alike.filter(({ from }) => !alike.some(({ id }) => from.includes(id)))
  return sources.length === 1 ? sources[0] : undefined
}

/** Runs one step; what it throws is told with the step's name, also what no one expected. */
async function attempt<T>(step: Step, begun: number, onEvent: (event: RunEvent) => void, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    onEvent({ kind: 'end', step: step.name, outcome: 'failed', seconds: (Date.now() - begun) / 1000 })
    throw stepFailure(step.name, error)
  }
}

function stepFailure(step: string, error: unknown): unknown {
  if (isReshoreError(error)) {
    return Object.assign(new ReshoreError(error.name, `step ${step}: ${error.message}`, error.remedy, error.exitCode), { cause: error })
  }
  if ((error as NodeJS.ErrnoException).code !== undefined) return error
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const remedy = 'Correct the step; RESHORE_DEBUG=1 shows where it failed. If the pipeline is one of reshore itself, please report it.'
  return Object.assign(new ReshoreError('StepError', `step ${step} failed: ${what}`, remedy), { cause: error })
}

function inputHashes(step: Step, manifests: ReadonlyMap<string, StepManifest>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.values(step.inputs).map(({ name }) => [name, manifests.get(name)!.outputs]))
}

function unfinishedTimes(folder: string): Readonly<Record<string, number>> {
  const path = join(folder, timesName)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>) : {}
}
