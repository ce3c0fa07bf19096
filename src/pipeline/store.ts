/**
 * The run folder. A step's result lies in `steps/<step>/<first characters of its fingerprint's hash>/`: it is written in a
 * folder beside it and renamed into place whole, so that whatever kills the run leaves complete results or none, and a new
 * result never overwrites that of the last finished run. `run.json` says which results are the run; it is renamed into
 * place last, and only then are the results it no longer needs removed.
 *
 *     runs/italy/
 *       run.json  report.html
 *       steps/panel/3f9a1c0b22d1/manifest.json  firms.parquet  areas.parquet  accounts.quarantine.csv
 */
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Engine, Relation } from '../engine/records.js'
import { ReshoreError } from '../errors.js'
import { makeFolder } from '../makeFolder.js'
import { decodeRecord, encodeRecord } from '../estimate/index.js'
import type { Fit } from '../estimate/records.js'
import { hashFile, hashJson } from './hash.js'
import type { ArtifactEntry, HashedFile, Json, RunRecord, StepManifest } from './records.js'

export interface Store {
  readonly folder: string
  /** The finished run, if there is one. */
  readonly run: RunRecord | undefined
}

const idLength = 12
const partialEnding = '.partial'

/** The store of a run folder; nothing is written. Throws `RunRecordError` for a `run.json` that is not one. */
export function readStore(folder: string): Store {
  const path = join(folder, 'run.json')
  if (!existsSync(path)) return { folder, run: undefined }
  try {
    const run = JSON.parse(readFileSync(path, 'utf8')) as RunRecord
    if (run.format === 1 && Array.isArray(run.steps)) return { folder, run }
  } catch {
    // Not JSON: said below, as for JSON that is something else.
  }
  throw new ReshoreError(
    'RunRecordError',
    `${path} is not a run record of this version of reshore`,
    'Choose another folder with --out, or delete this one to start afresh.',
  )
}

/** Makes the run folder. Throws `NotWritableError` when it cannot be written. */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(join(folder, 'steps'))
    const probe = join(folder, `.probe-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    throw new ReshoreError(
      'NotWritableError',
      `cannot write to the run folder ${folder} (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
      'Choose another folder with --out, or change its permissions.',
    )
  }
}

/** Where the result with this fingerprint hash lies, below the run folder. */
export function stepFolder(step: string, id: string): string {
  return `steps/${step}/${id.slice(0, idLength)}`
}

/** The manifest of a complete result, or undefined. */
export function readManifest(store: Store, folder: string): StepManifest | undefined {
  const path = join(store.folder, folder, 'manifest.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StepManifest) : undefined
}

/** The newest result of a step, whatever its fingerprint: that of the finished run, else of an unfinished one. */
export function latestManifest(store: Store, step: string): StepManifest | undefined {
  const finished = store.run?.steps.find((one) => one.step === step)
  if (finished !== undefined) return finished
  const folder = join(store.folder, 'steps', step)
  if (!existsSync(folder)) return undefined
  const newest = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'manifest.json')))
    .map((name) => ({ name, time: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time)[0]
  return newest === undefined ? undefined : readManifest(store, `steps/${step}/${newest.name}`)
}

/** The first file of a result that is missing or was altered, or undefined when it is whole. */
export async function damagedFile(store: Store, manifest: StepManifest): Promise<string | undefined> {
  const folder = join(store.folder, stepFolder(manifest.step, manifest.id))
  for (const { path, bytes, sha256 } of manifest.artifacts.flatMap(({ files }) => files)) {
    const file = join(folder, path)
    if (!existsSync(file) || statSync(file).size !== bytes || (await hashFile(file, path)).sha256 !== sha256) return path
  }
  return undefined
}

/** An empty folder for a result in the making; what an earlier attempt left there is gone. */
export function startResult(store: Store, step: string, id: string): string {
  const folder = join(store.folder, `${stepFolder(step, id)}${partialEnding}`)
  rmSync(folder, { recursive: true, force: true })
  makeFolder(folder)
  return folder
}

/** Writes what a step returned into its folder, beside what it wrote there itself, and lists it. */
export async function writeArtifacts(folder: string, outputs: object, engine: Engine): Promise<readonly ArtifactEntry[]> {
  const own = filesBelow(folder)
  const entries: ArtifactEntry[] = []
  for (const [name, value] of Object.entries(outputs)) {
    if (value !== undefined)
      entries.push(isRelation(value) ? await writeTable(folder, name, value, engine) : await writeRecord(folder, name, value))
  }
  for (const path of own) entries.push({ name: path, kind: 'file', files: [await hashFile(join(folder, path), path)] })
  return entries
}

/** Renames a finished result into place, its manifest written last. */
export function finishResult(store: Store, folder: string, manifest: StepManifest): void {
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`)
  const place = join(store.folder, stepFolder(manifest.step, manifest.id))
  if (existsSync(place)) {
    const old = `${place}.old${partialEnding}`
    rmSync(old, { recursive: true, force: true })
    renameSync(place, old)
  }
  renameSync(folder, place)
  rmSync(`${place}.old${partialEnding}`, { recursive: true, force: true })
}

/** What a step returned, from its stored result: relations scan their Parquet files. */
export function loadOutputs(store: Store, manifest: StepManifest, engine: Engine): object {
  const folder = join(store.folder, stepFolder(manifest.step, manifest.id))
  const values = manifest.artifacts
    .filter(({ kind }) => kind !== 'file')
    .map((entry) => [entry.name, loadArtifact(folder, entry, engine)] as const)
  return Object.fromEntries(values)
}

/** One record of a stored result. */
export function loadRecord(store: Store, manifest: StepManifest, name: string): unknown {
  const entry = manifest.artifacts.find((one) => one.name === name && one.kind === 'record')
  return entry === undefined ? undefined : readRecord(join(store.folder, stepFolder(manifest.step, manifest.id)), entry)
}

/** Hash over the outputs, for the steps that read them. */
export function outputsHash(artifacts: readonly ArtifactEntry[]): string {
  return hashJson(artifacts as unknown as Json)
}

/** Writes a file under a temporary name and renames it. */
export function writeWhole(path: string, text: string): void {
  const temporary = `${path}${partialEnding}`
  writeFileSync(temporary, text)
  renameSync(temporary, path)
}

/** Removes the results that are not part of the run, and everything half written. */
export function removeUnused(store: Store, used: readonly string[]): void {
  const steps = join(store.folder, 'steps')
  for (const step of readdirSync(steps)) {
    for (const name of readdirSync(join(steps, step))) {
      if (!used.includes(`steps/${step}/${name}`)) rmSync(join(steps, step, name), { recursive: true, force: true })
    }
    if (readdirSync(join(steps, step)).length === 0) rmSync(join(steps, step), { recursive: true })
  }
}

async function writeTable(folder: string, name: string, relation: Relation, engine: Engine): Promise<ArtifactEntry> {
  const path = `${name}.parquet`
  const { rows } = await engine.materialise(relation, join(folder, path))
  return { name, kind: 'table', files: [await hashFile(join(folder, path), path)], rows, key: relation.key }
}

async function writeRecord(folder: string, name: string, value: unknown): Promise<ArtifactEntry> {
  const { json, arrays } = encodeRecord(value, name, withoutClock)
  writeFileSync(join(folder, `${name}.json`), json)
  if (arrays !== undefined) writeFileSync(join(folder, `${name}.arrow`), arrays)
  const paths = [`${name}.json`, ...(arrays === undefined ? [] : [`${name}.arrow`])]
  const files: HashedFile[] = []
  for (const path of paths) files.push(await hashFile(join(folder, path), path))
  return { name, kind: 'record', files }
}

function loadArtifact(folder: string, entry: ArtifactEntry, engine: Engine): unknown {
  return entry.kind === 'table'
    ? engine.scan(join(folder, entry.files[0]!.path), 'parquet', { key: entry.key, name: entry.name })
    : readRecord(folder, entry)
}

function readRecord(folder: string, entry: ArtifactEntry): unknown {
  const [json, arrays] = entry.files.map(({ path }) => readFileSync(join(folder, path)))
  return decodeRecord({ json: json!.toString('utf8'), arrays })
}

/** True for a record that is an estimation result. */
export function isFit(value: unknown): value is Fit {
  return (
    typeof value === 'object' &&
    value !== null &&
    'coefficients' in value &&
    'vcov' in value &&
    'sample' in value &&
    'convergence' in value
  )
}

/** Clock readings of fits are not results: with them two runs would write different bytes. */
function withoutClock(record: object): object {
  return isFit(record) ? { ...record, seconds: { design: 0, fit: 0 } } : record
}

function isRelation(value: unknown): value is Relation {
  return typeof value === 'object' && value !== null && 'query' in value && 'key' in value && 'name' in value
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}
