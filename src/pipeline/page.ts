/**
 * The page of a run: what the report step says, with the flow of rows and the provenance that only the run knows. It is made
 * from the stored result and `run.json` alone, so that it can be rebuilt without the pipeline file and without rerunning.
 */
import type { PageModel, PageNote } from '../report/records.js'
import type { RunRecord } from './records.js'
import { loadRecord, type Store } from './store.js'

/** What a step of stage `report` returns under the name `page`: the page but for what the run adds. */
export type PageContent = Omit<PageModel, 'flow' | 'provenance' | 'minCell'>

const idShown = 12

/** The page of a run, or undefined when none of its steps makes one. */
export function pageModel(store: Store, record: RunRecord): PageModel | undefined {
  const maker = record.steps.findLast(
    ({ stage, artifacts }) => stage === 'report' && artifacts.some(({ name }) => name === 'page'),
  )
  if (maker === undefined) return undefined
  const content = loadRecord(store, maker, 'page') as PageContent
  return {
    ...content,
    flow: record.flow,
    notes: [...content.notes, ...stepNotes(record)],
    provenance: {
      command: `reshore run ${record.pipeline.file}`,
      inputs: record.files.map((file) => ({
        ...file,
        rows: record.flow.find(({ id, kind }) => kind === 'file' && id === file.path)?.rows ?? undefined,
      })),
      steps: record.steps.map(({ step, id, outputs }) => ({
        name: step,
        fingerprint: id.slice(0, idShown),
        output: outputs.slice(0, idShown),
      })),
      versions: Object.entries(record.versions).map(([name, version]) => ({ name, version })),
      options: Object.entries(record.settings).map(([name, value]) => ({
        name,
        value: typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value),
      })),
      seeds: Object.entries(record.seeds).map(([name, value]) => ({ name, value })),
    },
    ...(record.minCell === undefined ? {} : { minCell: record.minCell }),
  }
}

function stepNotes(record: RunRecord): readonly PageNote[] {
  return record.steps.flatMap(({ step, notes }) => notes.map((text): PageNote => ({ kind: 'note', text, where: step })))
}
