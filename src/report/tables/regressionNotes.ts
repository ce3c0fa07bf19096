/** Notes of a regression table: what stands below, stars, samples, conventions; said once where they hold for all models. */
import { formatNumber } from './numbers.js'
import type { ModelColumn, SampleNote, TableNote } from './records.js'
import type { RegressionTableOptions } from './regression.js'

/** All notes in reading order. */
export function regressionNotes(models: readonly ModelColumn[], options: RegressionTableOptions): TableNote[] {
  return [
    ...belowNote(options),
    ...starNote(options),
    ...sampleNotes(models),
    ...conventionNotes(models),
    ...(options.notes ?? []),
  ]
}

function belowNote({ below = 'stdError', scale = 'coefficient', level = 0.95 }: RegressionTableOptions): string[] {
  const transformed = [scale].flat().includes('ratio')
  const words = {
    stdError: 'Standard errors in parentheses',
    interval: `${formatNumber(level, { percent: 0 })} confidence intervals in brackets`,
    pValue: 'p values in parentheses',
    none: '',
  }[below]
  if (words === '') return []
  return [`${words}${transformed && below === 'stdError' ? '; for ratios by the delta method' : ''}.`]
}

function starNote({ stars = [] }: RegressionTableOptions): string[] {
  if (stars.length === 0) return []
  const falling = [...stars].sort((a, b) => b - a)
  return [`${falling.map((threshold, index) => `${'*'.repeat(index + 1)} p < ${threshold}`).join(', ')}.`]
}

/** One note for each distinct sample: rows read, used, dropped by reason. */
function sampleNotes(models: readonly ModelColumn[]): SampleNote[] {
  const samples = grouped(
    models,
    ({ sample }) => [sample],
    ({ read, used, dropped }) => JSON.stringify([read, used, dropped]),
  )
  return samples.map(({ item: { read, used, dropped }, holders }) => ({ kind: 'sample', for: holders, read, used, dropped }))
}

/**
 * Which standard errors, then the notes of the fits, each once, naming the models it holds for. Notes on the sample are left out: they are
 * counts in sentences, which `--min-cell` could not hide; the record of the sample has what left and why.
 */
function conventionNotes(models: readonly ModelColumn[]): string[] {
  const phrasesOf = ({ vcov, notes }: ModelColumn): string[] =>
    [`Covariance: ${vcov.label}.`, ...notes.flatMap(({ kind, text }) => (kind === 'sample' ? [] : [text]))]
  const phrases = grouped(models, phrasesOf, (phrase) => phrase)
  return phrases.map(({ item, holders }) => (holders === '' ? item : `${holders}: ${item}`))
}

/** Each distinct item once with the names of the models that have it; no names where all have it. */
function grouped<T>(
  models: readonly ModelColumn[],
  itemsOf: (model: ModelColumn) => readonly T[],
  keyOf: (item: T) => string,
): { item: T; holders: string }[] {
  const found = new Map<string, { item: T; models: Set<ModelColumn> }>()
  for (const model of models) {
    for (const item of itemsOf(model)) {
      const entry = found.get(keyOf(item)) ?? { item, models: new Set() }
      found.set(keyOf(item), { item: entry.item, models: entry.models.add(model) })
    }
  }
  return [...found.values()].map(({ item, models: holders }) => ({
    item,
    holders: holders.size === models.length ? '' : [...holders].map(({ name }) => name).join(', '),
  }))
}
