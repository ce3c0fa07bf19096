/** The first step of a study: raw files to typed tables by a schema document, bad rows to quarantine, every row counted. */
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  ingest, readSchema, ReshoreError,
  type Flow, type FlowStep, type PageContent, type QuarantinedRow, type Relation, type Step, type TableSummary,
} from 'reshore'

/** Tables by name, and what was read and set aside. */
export type IngestedTables<N extends string> = { readonly [K in N]: Relation } & {
  readonly summaries: readonly TableSummary[]
  readonly quarantine: readonly QuarantinedRow[]
}

export interface IngestDeclaration<N extends string> {
  /** `pipelines/<schema>.schema.json`. */
  readonly schema: string
  /** Table -> pattern of its files below the data folder. */
  readonly files: { readonly [K in N]: string }
  /** Largest share of a table's rows that may be bad. */
  readonly maxBad: number
}

/** Rows of quarantine that later steps see; all of them are in the quarantine files. */
const examplesKept = 100

/** Declares the step that reads the raw files. */
export function ingestStep<N extends string>({ step }: Flow, given: IngestDeclaration<N>): Step<IngestedTables<N>> {
  const patterns: Readonly<Record<string, string>> = given.files
  const document = fileURLToPath(new URL(`../${given.schema}.schema.json`, import.meta.url))
  return step('ingest', {
    stage: 'ingest',
    files: { ...patterns, schema: document },
    options: { maxBad: given.maxBad },
    async run(_, { engine, files, folder, options, progress, flow, note }) {
      const { schema, ...raw }: Readonly<Record<string, readonly string[]>> = files
      const paths = Object.values(raw).flat()
      const read = await ingest(engine, readSchema(schema![0]!), paths, { folder, maxBad: options.maxBad, progress })
      requireRows(read.summaries, patterns)
      flow(...read.summaries.flatMap((summary) => rowsRead(summary, read.quarantine)))
      for (const sentence of read.summaries.flatMap(remarks)) note(sentence)
      return { ...read.tables, summaries: read.summaries, quarantine: read.quarantine.slice(0, examplesKept) } as IngestedTables<N>
    },
  })
}

/** Every table of a study has rows. */
function requireRows(summaries: readonly TableSummary[], patterns: Readonly<Record<string, string>>): void {
  const empty = summaries.find(({ kept }) => kept === 0)
  if (empty === undefined) return
  throw new ReshoreError('EmptyTableError', `table \`${empty.table}\` (${basename(patterns[empty.table]!)}) has no rows`,
    `Look at ${empty.files.map(({ file }) => file).join(', ')} in the data folder: it has a header, and no row that can be read.`)
}

/** The files of a table, what each lost, and the table they make. */
function rowsRead({ table, kept, files }: TableSummary, quarantine: readonly QuarantinedRow[]): FlowStep[] {
  const stops = files.map(({ file, kept: rows }): FlowStep => {
    const reasons = new Map<string, number>()
    for (const { reason } of quarantine.filter((row) => row.file === file)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    return {
      id: file,
      label: file,
      kind: 'file',
      from: [],
      rows,
      dropped: [...reasons].map(([reason, dropped]) => ({ reason, rows: dropped })),
    }
  })
  return [...stops, { id: table, label: table, kind: 'table', from: files.map(({ file }) => file), rows: kept, dropped: [] }]
}

/** What was repaired, and what the reader of a file has to say. */
function remarks({ repaired, notes }: TableSummary): string[] {
  return [...repaired.map(({ file, column, cells }) => `${file}: ${cells} full-width numbers of ${column} are read as ASCII.`), ...notes]
}

/** Two rows for every reason: the quarantine files have them all. */
export function quarantineExamples(quarantine: readonly QuarantinedRow[]): PageContent['quarantine'] {
  return quarantine
    .filter((row, index) => quarantine.slice(0, index).filter(({ reason }) => reason === row.reason).length < 2)
    .map(({ file, line, column, reason, text }) => ({ file, line, ...(column === null ? {} : { column }), reason, text }))
}
