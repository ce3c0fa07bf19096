/** Which steps of a pipeline are stale and why, without running anything. */
import type { Step } from './define.js'
import { differences, fingerprintId, stepFingerprint } from './fingerprint.js'
import type { Fingerprint, StaleReason, StepManifest, StepStatus } from './records.js'
import type { LoadedPipeline } from './load.js'
import { hashFiles, planRun, stepFiles, type RunOptions, type RunPlan } from './plan.js'
import { damagedFile, latestManifest, readManifest, readStore, stepFolder, type Store } from './store.js'

/** A step compared with the store: its complete result, or why there is none. */
export interface StepState {
  readonly fingerprint: Fingerprint
  readonly id: string
  /** Present when the step is up to date. */
  readonly manifest?: StepManifest
  readonly reasons: readonly StaleReason[]
}

/** The state of one step when the outputs of the steps it reads are known. */
export async function stepState(
  step: Step,
  inputs: Readonly<Record<string, string>>,
  plan: RunPlan,
  store: Store,
): Promise<StepState> {
  const fingerprint = stepFingerprint(step, inputs, await hashFiles(stepFiles(step, plan.data), plan.data), plan.shared)
  const id = fingerprintId(step.name, fingerprint)
  const manifest = readManifest(store, stepFolder(step.name, id))
  if (plan.force.includes(step.name)) return { fingerprint, id, reasons: [{ kind: 'forced' }] }
  if (manifest === undefined) {
    const before = latestManifest(store, step.name)
    return {
      fingerprint,
      id,
      reasons: before === undefined ? [{ kind: 'never run' }] : differences(before.fingerprint, fingerprint),
    }
  }
  const damaged = await damagedFile(store, manifest)
  if (damaged !== undefined)
    return { fingerprint, id, reasons: [{ kind: 'output', detail: `${damaged} is missing or was altered` }] }
  return { fingerprint, id, manifest, reasons: [] }
}

/** The state of every step of a pipeline in its run folder; nothing is written. Throws what planning a run throws. */
export async function readStatus(loaded: LoadedPipeline, options: RunOptions = {}): Promise<readonly StepStatus[]> {
  const plan = planRun(loaded, options)
  return pipelineStatus(plan, readStore(plan.folder))
}

/** Behind a stale step nothing can be compared by content: those that read it are stale for it. */
async function pipelineStatus(plan: RunPlan, store: Store): Promise<readonly StepStatus[]> {
  const outputs = new Map<string, string>()
  const statuses: StepStatus[] = []
  for (const step of plan.steps) {
    const waiting = Object.values(step.inputs)
      .filter((input) => !outputs.has(input.name))
      .map((input) => input.name)
    const known = Object.fromEntries(Object.values(step.inputs).map((input) => [input.name, outputs.get(input.name) ?? '']))
    const reasons =
      waiting.length > 0
        ? [
            ...(await ownReasons(step, known, plan, store)),
            { kind: 'input', detail: `${waiting.join(', ')} must run first` } as const,
          ]
        : undefined
    const state = reasons === undefined ? await stepState(step, known, plan, store) : undefined
    if (state?.manifest !== undefined) outputs.set(step.name, state.manifest.outputs)
    statuses.push({
      step: step.name,
      stage: step.stage,
      stale: state?.manifest === undefined,
      reasons: reasons ?? state!.reasons,
    })
  }
  return statuses
}

/** Reasons of a step's own, its inputs apart. */
async function ownReasons(
  step: Step,
  inputs: Readonly<Record<string, string>>,
  plan: RunPlan,
  store: Store,
): Promise<readonly StaleReason[]> {
  const before = latestManifest(store, step.name)
  if (before === undefined) return [{ kind: 'never run' }]
  const now = stepFingerprint(step, inputs, await hashFiles(stepFiles(step, plan.data), plan.data), plan.shared)
  return differences({ ...before.fingerprint, inputs: {} }, { ...now, inputs: {} })
}

/** A reason in words: `option: nodes (12 -> 30)`. */
export function reasonText(reason: StaleReason): string {
  return 'detail' in reason ? `${reason.kind}: ${reason.detail}` : reason.kind
}
