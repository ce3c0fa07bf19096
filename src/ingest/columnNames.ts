/** Names of columns that look the same are the same: `é` of one code point, or of a letter and its accent, as some systems write it. */

/** The name in composed letters (Unicode NFC). */
export const composed = (name: string): string => name.normalize('NFC')

/** Whether a column is among those asked for; all are where none are named. */
export function wantedColumn(wanted: readonly string[] | undefined): (name: string) => boolean {
  if (wanted === undefined) return () => true
  const names = new Set(wanted.map(composed))
  return (name) => names.has(composed(name))
}
