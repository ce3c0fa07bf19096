/**
 * What a step's result depends on: its inputs by content, its code, its options, the packages. A step is up to date when a
 * complete result with the same fingerprint is in the store.
 *
 * Code is three hashes. The step's own function: an edit in one step leaves the others alone. Everything else in the
 * pipeline's files, with all step functions cut out: an edit there may concern any step, so all are stale. And reshore
 * itself, but for its command line. Comments and layout of pipeline files do not count.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Step } from './define.js'
import { canonicalJson, hashJson, hashText } from './hash.js'
import type { Fingerprint, HashedFile, Json, StaleReason } from './records.js'

/** What all steps of a run share. */
export interface SharedFingerprint {
  readonly pipelineCode: string
  readonly reshoreCode: string
  readonly versions: Readonly<Record<string, string>>
}

const stageRoot = fileURLToPath(new URL('..', import.meta.url))
const notInResults = 'cli'

/** The parts every step shares, from the compiled text of the pipeline's files and its steps. */
export function sharedFingerprint(
  code: readonly { readonly path: string; readonly text: string }[],
  steps: readonly Step[],
): SharedFingerprint {
  const functions = steps.map((step) => step.run.toString()).sort((a, b) => b.length - a.length)
  const shared = code.map(({ path, text }) => [path, functions.reduce((rest, own) => rest.replaceAll(own, ''), text)] as const)
  return { pipelineCode: hashJson(shared), reshoreCode: reshoreCode(), versions: packageVersions() }
}

/** The fingerprint of a step whose inputs are known. */
export function stepFingerprint(
  step: Step,
  inputs: Readonly<Record<string, string>>,
  files: readonly HashedFile[],
  shared: SharedFingerprint,
): Fingerprint {
  return {
    inputs,
    files,
    code: { step: hashText(step.run.toString()), pipeline: shared.pipelineCode, reshore: shared.reshoreCode },
    options: step.options,
    versions: shared.versions,
  }
}

/** Hash of a fingerprint, with the step's name: names the folder of its result. */
export function fingerprintId(step: string, fingerprint: Fingerprint): string {
  return hashJson({ step, ...fingerprint } as unknown as Json)
}

/** What differs between the fingerprint of an old result and a new one, named for the reader. Empty when nothing does. */
export function differences(before: Fingerprint, now: Fingerprint): readonly StaleReason[] {
  const inputs = [...changedKeys(before.inputs, now.inputs), ...changedKeys(byPath(before.files), byPath(now.files))]
  const code = [
    ...(before.code.step === now.code.step ? [] : ["the step's function"]),
    ...(before.code.pipeline === now.code.pipeline ? [] : ['the pipeline file outside its steps']),
    ...(before.code.reshore === now.code.reshore ? [] : ['reshore']),
  ]
  const options = changedKeys(before.options, now.options).map(
    (key) => `${key} (${shown(before.options[key])} -> ${shown(now.options[key])})`,
  )
  const versions = changedKeys(before.versions, now.versions).map(
    (key) => `${key} (${before.versions[key] ?? 'absent'} -> ${now.versions[key] ?? 'absent'})`,
  )
  const groups = [
    ['input', inputs],
    ['code', code],
    ['option', options],
    ['package version', versions],
  ] as const
  return groups.filter(([, details]) => details.length > 0).map(([kind, details]) => ({ kind, detail: details.join(', ') }))
}

function changedKeys(before: Readonly<Record<string, Json>>, now: Readonly<Record<string, Json>>): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
  return keys.filter(
    (key) => before[key] === undefined || now[key] === undefined || canonicalJson(before[key]) !== canonicalJson(now[key]),
  )
}

function byPath(files: readonly HashedFile[]): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]))
}

const longestShown = 40

function shown(value: Json | undefined): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
}

let knownReshoreCode: string | undefined

/** Hash of reshore's own modules, command line apart. */
function reshoreCode(): string {
  if (knownReshoreCode !== undefined) return knownReshoreCode
  const ending = extname(fileURLToPath(import.meta.url))
  const names = readdirSync(stageRoot, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(ending) && !name.endsWith('.d.ts') && !name.startsWith(notInResults))
    .sort()
  knownReshoreCode = hashText(names.map((name) => `${name}\n${readFileSync(join(stageRoot, name), 'utf8')}`).join('\n'))
  return knownReshoreCode
}

/** Versions of Node, of reshore and of the packages it depends on, as installed. */
function packageVersions(): Readonly<Record<string, string>> {
  const own = join(stageRoot, '..', 'package.json')
  const { version, dependencies } = JSON.parse(readFileSync(own, 'utf8')) as {
    version: string
    dependencies: Record<string, string>
  }
  const installed = Object.keys(dependencies)
    .sort()
    .map((name) => [name, installedVersion(name, dirname(own))] as const)
  return { node: process.versions.node, reshore: version, ...Object.fromEntries(installed) }
}

function installedVersion(name: string, from: string): string {
  const file = join(from, 'node_modules', name, 'package.json')
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  const parent = dirname(from)
  return parent === from ? 'not installed' : installedVersion(name, parent)
}
