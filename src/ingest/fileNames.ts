/** Which files belong to which table: patterns such as `survey_{year}.csv`, where `{name}` captures and `*` does not. */
import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ReshoreError } from '../errors.js'
import { composed } from './columnNames.js'
import { cannotRead } from '../fileErrors.js'
import type { Schema, TableSchema } from './schema.js'

/** A raw file with what its name says. */
export interface SourceFile {
  readonly path: string
  readonly name: string
  readonly captures: Readonly<Record<string, string>>
}

export interface TableFiles {
  readonly table: TableSchema
  /** In name order, so that the table does not depend on the order of a folder. */
  readonly files: readonly SourceFile[]
}

/**
 * The files of every table that has some. `source` is a folder or a list of files; a file no pattern takes is an error, except
 * in a folder, where it is none of ours.
 */
export function matchFiles(schema: Schema, source: string | readonly string[]): readonly TableFiles[] {
  const listed = typeof source !== 'string'
  const paths = listed ? source : folderFiles(source)
  const byName = (a: SourceFile, b: SourceFile): number => (a.name < b.name ? -1 : 1)
  const filesOf = (table: TableSchema): readonly SourceFile[] => paths.flatMap((path) => matchTable(table, path) ?? []).sort(byName)
  const matched = schema.tables.map((table) => ({ table, files: filesOf(table) }))
  const lost = listed ? paths.find((path) => !matched.some(({ files }) => files.some((file) => file.path === path))) : undefined
  if (lost !== undefined) {
    const patterns = schema.tables.flatMap(({ files }) => files).join(', ')
    throw new ReshoreError('SchemaError', `no table of the schema takes ${basename(lost)}`, `Its patterns are ${patterns}.`, 2)
  }
  const found = matched.filter(({ files }) => files.length > 0)
  if (found.length === 0) {
    throw new ReshoreError(
      'FileError',
      `no file of the schema is in ${String(source)}`,
      `Look for ${schema.tables.flatMap(({ files }) => files).join(', ')}.`,
    )
  }
  return found
}

function folderFiles(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
  } catch (error) {
    throw cannotRead(folder, error)
  }
}

function matchTable({ files }: TableSchema, path: string): SourceFile | undefined {
  const name = composed(basename(path))
  for (const pattern of files) {
    const match = patternOf(composed(pattern)).exec(name)
    if (match !== null) return { path, name, captures: { ...match.groups } }
  }
  return undefined
}

function patternOf(pattern: string): RegExp {
  const pieces = pattern.split(/(\{\w+\}|\*)/).map((piece) => {
    if (piece === '*') return '.*'
    return /^\{\w+\}$/.test(piece) ? `(?<${piece.slice(1, -1)}>.+?)` : piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${pieces.join('')}$`)
}
