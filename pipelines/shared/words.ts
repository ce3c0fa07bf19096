/** Small things the sections of the page share: rows of a table, terms of a fit, words. */
import { tidy, type ArrowTable, type Fit, type TidyRow } from 'reshore'

export type Row = Readonly<Record<string, number | string | null>>

/** Rows of a table as plain records. */
export function rowsOf(table: ArrowTable): readonly Row[] {
  return table.toArray().map((one) => ({ ...one.toJSON() }) as Row)
}

/** The estimate of the first term that begins so. */
export function estimateOf(fit: Fit, beginning: string): TidyRow {
  return tidy(fit).find(({ term }) => term.startsWith(beginning))!
}

/** One row a factor in a regression table, in place of one a level. */
export function factorRows(fit: Fit, names: Readonly<Record<string, string>> = {}): { label: string; prefix: string }[] {
  const factors = [...new Set(fit.terms.filter((term) => term.includes('::')).map((term) => term.split('::')[0]!))]
  return factors.map((name) => ({ label: names[name] ?? `${capital(name)} effects`, prefix: `${name}::` }))
}

/** 1,234. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US')
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
