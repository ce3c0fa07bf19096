/** `reshore ingest FILE --schema SCHEMA.json --out FILE.parquet`: a raw file as a typed table, bad rows in quarantine. */
import { rmSync } from 'node:fs'
import type { TableSummary } from '../ingest/index.js'
import { countOption, usageError } from './arguments.js'
import { defineCommand } from './command.js'

export const command = defineCommand({
  name: 'ingest',
  summary: 'read a raw file into a typed table, bad rows into quarantine',
  positionals: ['FILE'],
  options: {
    schema: { summary: 'schema document: files, columns, types, ranges, keys (docs/ingest.md)', value: 'SCHEMA.json' },
    out: { summary: 'Parquet file to write, FILE.quarantine.csv beside it; a folder where FILE is one', value: 'FILE.parquet' },
    encoding: { summary: 'encoding of the file, in place of the schema: windows-1252, shift_jis, utf-16, …', value: 'NAME' },
    'max-bad': { summary: 'largest share of rows that may be bad, 1% by default', value: 'SHARE' },
    threads: { summary: 'threads of the engine, all cores by default', value: 'N' },
    memory: { summary: 'memory of the engine, such as 2GiB', value: 'SIZE' },
  },
  examples: [
    'ingest survey_2006.csv --schema schema.json --out survey_2006.parquet',
    'ingest links.csv --schema schema.json --encoding shift_jis --out links.parquet',
    'ingest raw --schema schema.json --out tables',
  ],
  async run({ positionals: [source], options }, io) {
    const [{ openDuckDb }, { ingest, readSchema, temporaryFolder }, { ingestPlan }] = await Promise.all([import('../engine/index.js'), import('../ingest/index.js'), import('./ingestPlan.js')])
    const schema = readSchema(required(options.schema, 'schema'))
    const maxBad = shareOption(options['max-bad'])
    const threads = countOption('threads', options.threads, 1)
    const out = required(options.out, 'out')
    const plan = ingestPlan(schema, source!, out, options.encoding)
    const temporary = temporaryFolder(plan.folder)
    const engine = await openDuckDb({ threads, memory: options.memory, temporaryDirectory: temporary })
    const progress = io.progress('ingest')
    try {
      const { tables, summaries } = await ingest(engine, plan.schema, plan.source, {
        folder: temporary, quarantinePath: plan.quarantine, encoding: plan.encoding, maxBad,
        progress: (fraction, detail) => progress.update(fraction, detail),
      })
      const written = summaries.filter(({ table }) => plan.writes(table))
      for (const { table } of written) await engine.materialise(tables[table]!, plan.table(table))
      progress.done()
      const documents = written.map((summary): Document =>
        ({ ...summary, out: plan.table(summary.table), quarantine: plan.quarantine(summary.table) }))
      io.result(plan.single ? documents[0]! : { tables: documents }, () => documents.map(summaryText).join('\n\n'))
    } finally {
      await engine.close()
      rmSync(temporary, { recursive: true, force: true })
    }
  },
})

function required(value: string | undefined, name: string): string {
  const usage = 'Write: reshore ingest FILE --schema SCHEMA.json --out FILE.parquet.'
  if (value === undefined) throw usageError(`ingest needs --${name}`, usage)
  return value
}

/** `1%` or `0.01`. */
function shareOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const match = /^(\d+(?:\.\d*)?|\.\d+)(%?)$/.exec(text.trim())
  const share = match === null ? NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1)
  if (!(share <= 1)) throw usageError(`--max-bad is \`${text}\``, 'Give a share such as 1% or 0.01.')
  return share
}

interface Document extends TableSummary {
  readonly out: string
  readonly quarantine: string
}

function summaryText({ table, read, kept, quarantined, reasons, files, notes, repaired, panel, out, quarantine }: Document): string {
  const lines = [`${table}: ${read} rows read, ${kept} kept, ${quarantined} quarantined`]
  for (const { reason, rows } of reasons) lines.push(`  ${reason}: ${rows}`)
  const ignored = [...new Set(files.flatMap((file) => file.ignored))]
  if (ignored.length > 0) lines.push(`  columns left out: ${ignored.join(', ')}`)
  if (panel !== undefined) {
    const { unit, units, time, first, last } = panel
    const gaps = panel.gaps.missing === 0 ? 'no gaps' : `${panel.gaps.missing} missing in ${panel.gaps.units} units`
    const balance = panel.balanced ? 'balanced' : 'unbalanced'
    lines.push(`  panel: ${units} units of ${unit.join(', ')}, ${time} ${first} to ${last}, ${balance}, ${gaps}`)
  }
  for (const { file, column, cells } of repaired) lines.push(`  ${file}: full-width numbers of ${column} read as ASCII: ${cells}`)
  for (const note of notes) lines.push(`  note: ${note}`)
  return [...lines, `  table: ${out}`, `  quarantine: ${quarantine}`].join('\n')
}
