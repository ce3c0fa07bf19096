/** `reshore run PIPELINE.ts`: runs the stale steps, writes `run.json` and `report.html`. */
import { relative } from 'node:path'
import type { RunEvent, RunOptions, RunResult } from '../pipeline/index.js'
import { countOption, usageError } from './arguments.js'
import { defineCommand, type OptionValues } from './command.js'
import type { CommandIo, Progress } from './io.js'

/** Options that say which run is meant; `status` takes them too. */
export const runOptionTable = {
  data: { value: 'DIR', summary: 'folder of the raw files (default: the one the pipeline names)' },
  out: { value: 'DIR', summary: 'run folder (default: runs/<pipeline>)' },
  set: { value: 'KEY=VALUE', multiple: true, summary: 'change a setting of the pipeline' },
  'min-cell': { value: 'N', summary: 'mask tables, maps, figures and their data below N units' },
} as const

const options = {
  ...runOptionTable,
  threads: { value: 'N', summary: 'processors to use; results do not depend on it (default: all)' },
  memory: { value: 'SIZE', summary: 'memory for reading and the database, such as 2GiB; what does not fit goes to disk' },
  force: { value: 'STEP', multiple: true, summary: 'run this step although it is up to date' },
} as const

export const command = defineCommand({
  name: 'run',
  summary: 'run the stale steps of a pipeline, resuming where a killed run stopped',
  positionals: ['PIPELINE.ts'],
  options,
  examples: ['run pipelines/italy.ts', 'run pipelines/chile.ts --data ~/enia --out runs/chile --min-cell 5 --threads 2'],
  async run({ positionals: [file], options: given }, io) {
    const { loadPipeline, runPipeline } = await import('../pipeline/index.js')
    const threads = countOption('threads', given.threads, 1)
    const loaded = await loadPipeline(file!)
    const result = await runPipeline(
      loaded,
      { ...runOptions(given), threads, memory: given.memory, force: given.force },
      showEvents(io),
    )
    io.result(document(result), () => text(result))
  },
})

/** The shared options as `planRun` takes them. */
export function runOptions(given: OptionValues<typeof runOptionTable>): RunOptions {
  const settings = given.set.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw usageError(`--set is \`${pair}\``, 'Write --set key=value.')
    return [pair.slice(0, at), pair.slice(at + 1)] as const
  })
  return {
    data: given.data,
    out: given.out,
    settings: Object.fromEntries(settings),
    minCell: countOption('min-cell', given['min-cell'], 1),
  }
}

function showEvents(io: CommandIo): (event: RunEvent) => void {
  let progress: Progress | undefined
  return (event) => {
    if (event.kind === 'start') progress = io.progress(`${event.step} (${event.index + 1}/${event.of})`)
    if (event.kind === 'progress') progress?.update(event.fraction, event.detail)
    if (event.kind === 'end') progress?.done(event.outcome === 'made' ? 'done' : 'failed')
    if (event.kind === 'reused') io.note(`${event.step}: up to date`)
    if (event.kind === 'note') io.note(`  ${event.step}: ${event.text}`)
  }
}

function document({ folder, page, record, made, reused }: RunResult): object {
  return {
    pipeline: record.pipeline.name,
    folder,
    page: page ?? null,
    made,
    reused,
    steps: record.steps.map(({ step, folder: below }) => ({ step, folder: below })),
    seconds: record.times.seconds,
  }
}

function text({ folder, page, record, made, reused }: RunResult): string {
  const steps = `${made.length} ${made.length === 1 ? 'step' : 'steps'} run, ${reused.length} up to date, ${record.times.seconds.toFixed(1)} s`
  return [
    `${record.pipeline.name}: ${steps}`,
    `run    ${shortest(folder)}/run.json`,
    ...(page === undefined ? [] : [`page   ${shortest(page)}`]),
  ].join('\n')
}

function shortest(path: string): string {
  const below = relative(process.cwd(), path)
  return below.startsWith('..') || below === '' ? path : below
}
