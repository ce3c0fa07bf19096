/** Which format a file's name says it has: the one list of extensions, for files read with and without a schema. */
import { extname } from 'node:path'

export type FileFormat = 'csv' | 'parquet' | 'arrow' | 'stata'

const extensions: Readonly<Record<FileFormat, readonly string[]>> = {
  csv: ['.csv', '.tsv', '.txt'],
  parquet: ['.parquet', '.pq'],
  arrow: ['.arrow', '.feather', '.arrows', '.ipc'],
  stata: ['.dta'],
}

const formats = new Map(Object.entries(extensions).flatMap(([format, names]) => names.map((name) => [name, format as FileFormat])))

/** All extensions with a format. */
export const knownExtensions: readonly string[] = [...formats.keys()]

/** The format of a file by its extension, in either case; undefined where it has none of ours. */
export function fileFormat(path: string): FileFormat | undefined {
  return formats.get(extname(path).toLowerCase())
}
