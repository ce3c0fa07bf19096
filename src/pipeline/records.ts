/** Records of the pipeline stage: what a run leaves on disk. Types only; any stage may import them. */
import type { FlowStep, MaskReport } from '../report/records.js'

/** The arrow of the house a step stands for. */
export type Stage = 'ingest' | 'features' | 'estimate' | 'calibrate' | 'sourcing' | 'counterfactual' | 'report' | 'simulate'

/** Options are JSON: they are hashed, compared and printed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface HashedFile {
  /** Below the folder it belongs to (data, step, run), with forward slashes. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** What a step's result depends on, in parts, so that a change can be named. Hashes are SHA-256 in hexadecimal. */
export interface Fingerprint {
  /** Earlier step -> hash of its outputs. */
  readonly inputs: Readonly<Record<string, string>>
  readonly files: readonly HashedFile[]
  readonly code: {
    /** The step's own function. */
    readonly step: string
    /** Everything in the pipeline's own files outside the functions of its steps. */
    readonly pipeline: string
    readonly reshore: string
  }
  readonly options: Readonly<Record<string, Json>>
  /** Node and every package reshore depends on. */
  readonly versions: Readonly<Record<string, string>>
}

export type ArtifactKind = 'table' | 'record' | 'file'

/** One output of a step as it lies on disk. */
export interface ArtifactEntry {
  readonly name: string
  readonly kind: ArtifactKind
  /** Below the step's folder; a record with long arrays has two files. */
  readonly files: readonly HashedFile[]
  /** Tables only. */
  readonly rows?: number
  readonly key?: readonly string[]
}

/** Written last into a step's folder: a folder with it is complete. */
export interface StepManifest {
  readonly step: string
  readonly stage: Stage
  readonly fingerprint: Fingerprint
  /** Hash of the fingerprint; its first characters name the folder. */
  readonly id: string
  /** Hash over the outputs. */
  readonly outputs: string
  readonly artifacts: readonly ArtifactEntry[]
  /** Rows on their way through this step. */
  readonly flow: readonly FlowStep[]
  readonly notes: readonly string[]
}

/** `run.json`: the whole chain of a finished run. Everything but `times` is the same for the same data, code and options. */
export interface RunRecord {
  readonly format: 1
  readonly pipeline: { readonly name: string; readonly file: string; readonly description: string }
  readonly reshore: string
  readonly settings: Readonly<Record<string, Json>>
  readonly minCell?: number
  readonly seeds: Readonly<Record<string, number>>
  readonly versions: Readonly<Record<string, string>>
  readonly files: readonly HashedFile[]
  readonly steps: readonly RunStep[]
  /** Rows from the raw files to the published tables: read, kept, dropped by reason. */
  readonly flow: readonly FlowStep[]
  /** The page, tables and figures, and what `--min-cell` hid in them. */
  readonly report?: { readonly files: readonly HashedFile[]; readonly masked?: MaskReport }
  readonly times: RunTimes
}

export interface RunStep extends StepManifest {
  /** Below the run folder. */
  readonly folder: string
}

/** Seconds are those of the process that ran the step, also when a later one reused it. */
export interface RunTimes {
  readonly started: string
  readonly finished: string
  readonly seconds: number
  readonly steps: Readonly<Record<string, number>>
}

/** Why a step must run. */
export type StaleReason =
  | { readonly kind: 'never run' }
  | { readonly kind: 'input' | 'code' | 'option' | 'package version' | 'output'; readonly detail: string }
  | { readonly kind: 'forced' }

export interface StepStatus {
  readonly step: string
  readonly stage: Stage
  readonly stale: boolean
  readonly reasons: readonly StaleReason[]
}
