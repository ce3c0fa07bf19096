/** `reshore report RUN_DIR`: makes the page, tables and figures of a finished run again, without running anything. */
import { resolve, join } from 'node:path'
import { countOption } from './arguments.js'
import { defineCommand } from './command.js'

export const command = defineCommand({
  name: 'report',
  summary: 'rebuild the page of a finished run',
  positionals: ['RUN_DIR'],
  options: { 'min-cell': { value: 'N', summary: 'mask below N units (default: as the run did)' } },
  examples: ['report runs/italy', 'report runs/italy --min-cell 5'],
  async run({ positionals: [folder], options }, io) {
    const { rebuildReport } = await import('../pipeline/index.js')
    const { report } = await rebuildReport(resolve(folder!), { minCell: countOption('min-cell', options['min-cell'], 1) })
    const page = join(resolve(folder!), 'report.html')
    io.result({ page, files: report!.files.map(({ path }) => path), masked: report!.masked ?? null }, () => page)
  },
})
