/** `reshore ingest FILE --schema SCHEMA.json --out FILE.parquet`: a raw file as a typed table, bad rows in quarantine. */
import { rmSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { openDuckDb } from '../engine/index.js'
import { ReshoreError } from '../errors.js'
import { ingest, matchFiles, readSchema, temporaryFolder } from '../ingest/index.js'
import type { Schema, TableSchema, TableSummary } from '../ingest/index.js'
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
    const schema = readSchema(required(options.schema, 'schema'))
    const maxBad = shareOption(options['max-bad'])
    const threads = countOption('threads', options.threads, 1)
    const out = required(options.out, 'out')
    const plan = isFolder(source!) ? folderPlan(source!, out) : filePlan(schema, source!, out, options.encoding)
    const temporary = temporaryFolder(plan.single ? dirname(out) : out)
    const engine = await openDuckDb({ threads, memory: options.memory, temporaryDirectory: temporary })
    const progress = io.progress('ingest')
    try {
      const { tables, summaries } = await ingest(engine, plan.schema ?? schema, plan.source, {
        folder: temporary, quarantinePath: plan.quarantine, encoding: plan.single ? undefined : options.encoding, maxBad,
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

/** What is read, and where the tables and quarantine files go. */
interface Plan {
  readonly source: string | readonly string[]
  readonly schema?: Schema
  /** One table was asked for; the others are read for its references only. */
  readonly single: boolean
  writes(table: string): boolean
  table(table: string): string
  quarantine(table: string): string
}

function folderPlan(source: string, out: string): Plan {
  const path = (ending: string) => (name: string): string => join(out, `${name}.${ending}`)
  return { source, single: false, writes: () => true, table: path('parquet'), quarantine: path('quarantine.csv') }
}

/** The file's table, and the files beside it that its foreign keys refer to, in their own encoding. */
function filePlan(schema: Schema, file: string, out: string, encoding?: string): Plan {
  const named = schemaFor(schema, file)
  const { table } = matchFiles(named, [file])[0]!
  const references = named.tables.filter(({ name }) => name !== table.name && referredTo(named, table).has(name))
  const beside = references.length === 0 ? [] : filesBeside({ tables: references }, dirname(file))
  const stem = extname(out) === '' ? out : out.slice(0, -extname(out).length)
  return {
    source: [file, ...beside],
    schema: encoding === undefined ? named : withEncoding(named, table.name, encoding),
    single: true,
    writes: (name) => name === table.name,
    table: () => out,
    quarantine: (name) => (name === table.name ? `${stem}.quarantine.csv` : join(dirname(out), `${name}.quarantine.csv`)),
  }
}

function withEncoding({ tables }: Schema, name: string, encoding: string): Schema {
  return { tables: tables.map((table) => (table.name === name ? { ...table, encoding } : table)) }
}

/** A schema of one table without captures takes a file of any name. */
function schemaFor(schema: Schema, file: string): Schema {
  const [only, ...others] = schema.tables
  if (others.length > 0 || only!.files.some((pattern) => pattern.includes('{'))) return schema
  return { tables: [{ ...only!, files: [...only!.files, basename(file)] }] }
}

function referredTo(schema: Schema, table: TableSchema, found = new Set<string>()): ReadonlySet<string> {
  for (const { table: name } of table.foreignKeys) {
    if (found.has(name)) continue
    found.add(name)
    referredTo(schema, schema.tables.find((candidate) => candidate.name === name)!, found)
  }
  return found
}

function filesBeside(schema: Schema, folder: string): readonly string[] {
  try {
    return matchFiles(schema, folder).flatMap(({ files }) => files.map(({ path }) => path))
  } catch (error) {
    if (error instanceof ReshoreError && error.name === 'FileError') return []
    throw error
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw new ReshoreError(
      'FileError',
      `cannot read ${path}: ${(error as Error).message}`,
      'Check that the path exists and can be read.',
    )
  }
}

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
