/**
 * The schema document: which files make which table, and what their cells must be. JSON or a typed object; unknown keys,
 * wrong shapes and references to nothing are errors that name the path in the document. docs/ingest.md explains every key.
 *
 * @example
 * const schema = defineSchema({
 *   encoding: 'windows-1252', delimiter: ';', numbers: 'european',
 *   tables: { survey: { files: 'survey_{year}.csv', key: ['firm', 'year'], columns: {
 *     firm: { from: 'codice', type: 'string' }, year: { from: '{year}', type: 'int' },
 *     employees: { from: 'addetti', type: 'int', range: [0, null] } } } },
 * })
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ReshoreError } from '../errors.js'
import { schemaFaults } from './schemaFaults.js'

const numberStyle = z.union([
  z.enum(['plain', 'european', 'english']),
  z.strictObject({ decimal: z.enum(['.', ',']), thousands: z.enum(['.', ',', ' ', "'", '']) }),
])

const bound = z.union([z.number(), z.iso.date(), z.null()])

const column = z.strictObject({
  /** Header of the file (its own name by default), 1-based position, or `{name}` captured from the file's name. */
  from: z.union([z.string().min(1), z.int().positive()]).optional(),
  type: z.enum(['string', 'int', 'float', 'bool', 'date', 'category']),
  required: z.boolean().default(false),
  /** A file may lack the column: it is then missing in all its rows. */
  optional: z.boolean().default(false),
  range: z.tuple([bound, bound]).optional(),
  /** Allowed texts or numbers; an object also says what each becomes. */
  values: z.union([z.array(z.union([z.string(), z.number()])).min(1), z.record(z.string(), z.string())]).optional(),
  missing: z.array(z.string()).optional(),
  /** Another column of the table that must hold something else. */
  differsFrom: z.string().optional(),
  numbers: numberStyle.optional(),
  /** Of dates: `%Y-%m-%d` by default. */
  format: z.string().min(2).optional(),
  true: z.array(z.string()).min(1).default(['true', 'TRUE', 'True', '1']),
  false: z.array(z.string()).min(1).default(['false', 'FALSE', 'False', '0']),
})

const dialect = {
  encoding: z.string().optional(),
  /** Found in the header where it is not given. */
  delimiter: z.string().min(1).optional(),
  quote: z.string().max(1).optional(),
  escape: z.string().max(1).optional(),
  header: z.boolean().optional(),
  /** Lines before the header. */
  skip: z.int().nonnegative().optional(),
  numbers: numberStyle.optional(),
  /** Texts that mean missing, besides an empty cell. */
  missing: z.array(z.string()).optional(),
  /** Of numbers written with full-width digits, signs and points: read as their ASCII twins and counted, or refused. */
  fullWidth: z.enum(['repair', 'quarantine']).optional(),
  /** Of Stata files: labelled values as numbers, or as text where every value has a label. */
  labels: z.enum(['numbers', 'text']).optional(),
}

const names = z.array(z.string().min(1)).min(1)

const table = z.strictObject({
  ...dialect,
  files: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  columns: z.record(z.string().min(1), column).refine((columns) => Object.keys(columns).length > 0, 'a table needs a column'),
  key: names.optional(),
  foreignKeys: z.array(z.strictObject({ columns: names, table: z.string(), references: names.optional() })).default([]),
  panel: z.strictObject({ unit: z.union([z.string(), names]), time: z.string() }).optional(),
})

const tableName = z.string().regex(/^[A-Za-z0-9_-]+$/, 'letters, digits, _ and - only')
const document = z.strictObject({ ...dialect, tables: z.record(tableName, table) })

/** What a schema file or object says, before defaults. */
export type SchemaDocument = z.input<typeof document>
export type ColumnSchema = z.output<typeof column>
export type NumberStyle = { readonly decimal: '.' | ','; readonly thousands: '.' | ',' | ' ' | "'" | '' }

export interface ForeignKey {
  readonly columns: readonly string[]
  readonly table: string
  readonly references: readonly string[]
}

/** A table with the document's defaults filled in. */
export interface TableSchema {
  readonly name: string
  readonly files: readonly string[]
  /** Not said: UTF-8 for text files, their own for Stata files. */
  readonly encoding?: string
  readonly labels?: 'numbers' | 'text'
  readonly delimiter?: string
  readonly quote: string
  readonly escape: string
  readonly header: boolean
  readonly skip: number
  readonly columns: readonly TableColumn[]
  readonly key: readonly string[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly panel?: { readonly unit: readonly string[]; readonly time: string }
}

export interface TableColumn extends Omit<ColumnSchema, 'from' | 'numbers' | 'missing' | 'required'> {
  readonly name: string
  readonly from: string | number
  /** Said so, or part of the key. */
  readonly required: boolean
  readonly numbers: NumberStyle
  /** Full-width numbers are read as their ASCII twins. */
  readonly repairsWidth: boolean
  readonly missing: readonly string[]
}

export interface Schema {
  readonly tables: readonly TableSchema[]
}

/** A schema from a typed object. */
export function defineSchema(input: SchemaDocument): Schema {
  return checkedSchema(input, 'schema')
}

/** A schema from a JSON file. */
export function readSchema(path: string): Schema {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ReshoreError(
      'SchemaError',
      `cannot read ${path}: ${(error as Error).message}`,
      'Give the path of a schema document.',
      2,
    )
  }
  try {
    return checkedSchema(JSON.parse(text), path)
  } catch (error) {
    if (error instanceof SyntaxError) throw schemaError(path, error.message)
    throw error
  }
}

function checkedSchema(input: unknown, where: string): Schema {
  const parsed = document.safeParse(input)
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'document'}: ${message}`)
    throw schemaError(where, issues.join('; '))
  }
  const { tables, ...defaults } = parsed.data
  const schema = { tables: Object.entries(tables).map(([name, given]) => tableSchema(name, { ...defaults, ...given })) }
  const [fault] = schemaFaults(schema)
  if (fault !== undefined) throw schemaError(where, fault)
  return schema
}

function tableSchema(name: string, given: z.output<typeof table>): TableSchema {
  const { columns, key = [], quote = '"', numbers = 'plain', fullWidth = 'quarantine', missing = [], foreignKeys, panel, files } = given
  return {
    name,
    files: typeof files === 'string' ? [files] : files,
    encoding: given.encoding,
    labels: given.labels,
    delimiter: given.delimiter,
    quote,
    escape: given.escape ?? quote,
    header: given.header ?? true,
    skip: given.skip ?? 0,
    columns: Object.entries(columns).map(([columnName, { from = columnName, ...rest }]) => ({
      ...rest,
      name: columnName,
      from,
      required: rest.required || key.includes(columnName),
      numbers: styleOf(rest.numbers ?? numbers),
      repairsWidth: fullWidth === 'repair' && (rest.type === 'int' || rest.type === 'float'),
      missing: rest.missing ?? missing,
    })),
    key,
    foreignKeys: foreignKeys.map((reference) => ({ ...reference, references: reference.references ?? reference.columns })),
    panel: panel === undefined ? undefined : { unit: typeof panel.unit === 'string' ? [panel.unit] : panel.unit, time: panel.time },
  }
}

function styleOf(style: z.output<typeof numberStyle>): NumberStyle {
  if (style === 'plain') return { decimal: '.', thousands: '' }
  if (style === 'european') return { decimal: ',', thousands: '.' }
  return style === 'english' ? { decimal: '.', thousands: ',' } : style
}

function schemaError(where: string, what: string): ReshoreError {
  return new ReshoreError('SchemaError', `${where}: ${what}`, 'Correct the schema document; docs/ingest.md explains its keys.', 2)
}
