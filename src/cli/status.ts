/** `reshore status PIPELINE.ts`: which steps would run, and why. */
import { defineCommand } from './command.js'
import { runOptions, runOptionTable } from './run.js'

export const command = defineCommand({
  name: 'status',
  summary: 'say which steps of a pipeline are stale and why',
  positionals: ['PIPELINE.ts'],
  options: runOptionTable,
  examples: ['status pipelines/italy.ts', 'status pipelines/italy.ts --set seed=7 --json'],
  async run({ positionals: [file], options }, io) {
    const { loadPipeline, readStatus, reasonText } = await import('../pipeline/index.js')
    const steps = await readStatus(await loadPipeline(file!), runOptions(options))
    const width = Math.max(...steps.map(({ step }) => step.length))
    io.result({ stale: steps.some(({ stale }) => stale), steps }, () =>
      steps
        .map(
          ({ step, stale, reasons }) =>
            `${step.padEnd(width)}  ${stale ? `stale: ${reasons.map(reasonText).join('; ')}` : 'up to date'}`,
        )
        .join('\n'),
    )
  },
})
