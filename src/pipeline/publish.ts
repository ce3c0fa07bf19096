/**
 * The end of a run: its record, its page with every table and figure on its own, and what is removed afterwards. The page is
 * made from stored results alone, so `reshore report` makes it again without running anything.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ReshoreError } from '../errors.js'
import { makeFolder } from '../makeFolder.js'
import { reportFiles } from '../report/index.js'
import { hashText } from './hash.js'
import { lockFolder } from './lock.js'
import { pageModel } from './page.js'
import type { RunPlan } from './plan.js'
import type { RunRecord, RunStep, RunTimes, StepManifest } from './records.js'
import { prepareFolder, readStore, removeUnused, stepFolder, writeWhole, type Store } from './store.js'

/** The record of a run whose steps are all complete. */
export function runRecord(
  plan: RunPlan,
  manifests: readonly StepManifest[],
  { started, seconds }: { readonly started: number; readonly seconds: Readonly<Record<string, number>> },
): RunRecord {
  const {
    loaded: { pipeline, file },
    settings,
    minCell,
    shared,
  } = plan
  const finished = Date.now()
  const times: RunTimes = {
    started: new Date(started).toISOString(),
    finished: new Date(finished).toISOString(),
    seconds: (finished - started) / 1000,
    steps: Object.fromEntries(manifests.map(({ step }) => [step, seconds[step] ?? 0])),
  }
  return {
    format: 1,
    pipeline: { name: pipeline.name, file: basename(file), description: pipeline.description },
    reshore: shared.versions.reshore!,
    settings,
    ...(minCell === undefined ? {} : { minCell }),
    seeds: Object.fromEntries(
      Object.entries(settings).filter(
        (entry): entry is [string, number] => /(^s|S)eed$/.test(entry[0]) && typeof entry[1] === 'number',
      ),
    ),
    versions: shared.versions,
    files: [...new Map(manifests.flatMap(({ fingerprint }) => fingerprint.files).map((one) => [one.path, one])).values()],
    steps: manifests.map((manifest): RunStep => ({ ...manifest, folder: stepFolder(manifest.step, manifest.id) })),
    flow: manifests.flatMap(({ flow }) => flow),
    times,
  }
}

/** Writes the report of a run, then `run.json`, and then removes the results it does not need. Returns the record written. */
export async function publishRun(store: Store, record: RunRecord): Promise<RunRecord> {
  const published = await writeReport(store, record)
  writeWhole(join(store.folder, 'run.json'), `${JSON.stringify(published, null, 1)}\n`)
  removeUnused(
    store,
    published.steps.map(({ folder }) => folder),
  )
  return published
}

/**
 * Makes the report of a finished run again, with another `--min-cell` where one is given. Returns the run record. Throws
 * `RunRecordError` where there is no finished run, `ReportError` where its pipeline makes no page.
 */
export async function rebuildReport(folder: string, { minCell }: { readonly minCell?: number } = {}): Promise<RunRecord> {
  const store = readStore(folder)
  if (store.run === undefined)
    throw new ReshoreError(
      'RunRecordError',
      `there is no finished run in ${folder}`,
      'Name the folder that holds run.json, or run the pipeline first.',
      2,
    )
  if (pageModel(store, store.run) === undefined)
    throw new ReshoreError(
      'ReportError',
      `the pipeline ${store.run.pipeline.name} makes no page`,
      'Add a step of stage `report` that returns { page }.',
    )
  prepareFolder(folder)
  const release = lockFolder(folder)
  try {
    return await publishRun(store, minCell === undefined ? store.run : maskedBelow(store.run, minCell))
  } finally {
    release()
  }
}

/** The record as a run with this `--min-cell` would have written it, keys in the same order. */
function maskedBelow({ format, pipeline, reshore, settings, minCell: _, ...rest }: RunRecord, minCell: number): RunRecord {
  return { format, pipeline, reshore, settings, minCell, ...rest }
}

async function writeReport(store: Store, record: RunRecord): Promise<RunRecord> {
  const { report: _, ...bare } = record
  const model = pageModel(store, bare)
  if (model === undefined) return bare
  const { files, masked } = await reportFiles(model)
  for (const { path, text } of files) {
    makeFolder(dirname(join(store.folder, path)))
    writeWhole(join(store.folder, path), text)
  }
  removeOthers(
    store.folder,
    files.map(({ path }) => path),
  )
  return {
    ...bare,
    report: {
      files: files.map(({ path, text }) => ({ path, bytes: Buffer.byteLength(text), sha256: hashText(text) })),
      ...(masked === undefined ? {} : { masked }),
    },
  }
}

/** Tables and figures an earlier report had and this one has not. */
function removeOthers(folder: string, kept: readonly string[]): void {
  for (const part of ['tables', 'figures']) {
    if (!existsSync(join(folder, part))) continue
    for (const name of readdirSync(join(folder, part)))
      if (!kept.includes(`${part}/${name}`)) rmSync(join(folder, part, name), { recursive: true })
  }
}
