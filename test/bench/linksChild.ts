/**
 * One run of the link side in a process of its own, so that its memory can be told: raw files -> typed tables -> link table ->
 * buyer tables. `tsx test/bench/linksChild.ts DATA OUT [MEMORY]` prints seconds by stage, peak resident memory and hashes as JSON.
 */
import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openDuckDb, type Relation } from '../../src/engine/index.js'
import { buyerChanges, buyerLevels, checkDecomposition, linkCounts, linkPanel, linkStatuses, linkTable } from '../../src/features/index.js'
import { ingest, readSchema } from '../../src/ingest/index.js'

export interface LinksRun {
  readonly seconds: Readonly<Record<string, number>>
  /** Seconds of both cores. */
  readonly cpu: number
  readonly rows: Readonly<Record<string, number>>
  readonly hashes: Readonly<Record<string, string>>
  /** Peak resident memory, GiB. */
  readonly resident: number
}

const [data, out, memory] = process.argv.slice(2) as [string, string, string?]
const years = { from: 2005, to: 2010 }
const measures = ['contract_intensity']
const means = ['log_km', 'supplier_log_size', 'supplier_log_productivity', ...measures]
const seconds: Record<string, number> = {}
const rows: Record<string, number> = {}
const hashes: Record<string, string> = {}

async function timed<T>(stage: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  seconds[stage] = (performance.now() - start) / 1000
  return result
}

mkdirSync(out, { recursive: true })
const engine = await openDuckDb({ threads: 2, memory, temporaryDirectory: join(out, 'spill') })

/** In the engine, in no order: what is made of it does not depend on one. */
async function kept(stage: string, relation: Relation): Promise<Relation> {
  const rows = await timed(stage, () => engine.keep({ ...relation, key: [], source: true }))
  return { ...rows, key: relation.key }
}

/** A finished table. */
async function written(name: string, relation: Relation): Promise<Relation> {
  const path = join(out, `${name}.parquet`)
  rows[name] = (await timed(name, () => engine.materialise(relation, path))).rows
  return engine.scan(path, 'parquet', { key: relation.key, name })
}

const files = ['firms_2005', 'firms_2010', 'links_2005', 'links_2010', 'municipalities', 'industries'].map((name) => join(data, `${name}.csv`))
const schema = readSchema(new URL('../../pipelines/japan.schema.json', import.meta.url).pathname)
const { tables } = await timed('ingest', () => ingest(engine, schema, files, { folder: out, maxBad: 0.05 }))
const { firms, links: reports, municipalities, industries } = tables as Record<'firms' | 'links' | 'municipalities' | 'industries', Relation>

const links = await kept('panel', linkPanel({ reports, firms }))
await timed('counts', () => engine.query(linkCounts({ reports, firms }, links)))
await engine.release(reports)
const statuses = await kept('statuses', linkStatuses(links, firms, years))
await engine.release(links)
const table = await written('link table', linkTable({ statuses, firms, municipalities, industries }, { measures }))
await engine.release(statuses)
await engine.release(firms)
const changes = await written('changes', buyerChanges(table, { ...years, means }))
await timed('check', () => checkDecomposition(engine, changes, means))
await written('changes by industry', buyerChanges(table, { ...years, means, by: 'input_industry' }))
await written('levels', buyerLevels(table, { means: means.slice(1) }))
await engine.close()

const { user, system } = process.cpuUsage()
for (const name of Object.keys(rows)) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(join(out, `${name}.parquet`))) hash.update(chunk as Buffer)
  hashes[name] = hash.digest('hex')
}
const result: LinksRun = { seconds, cpu: (user + system) / 1e6, rows, hashes, resident: process.resourceUsage().maxRSS / 2 ** 20 }
console.log(JSON.stringify(result))
