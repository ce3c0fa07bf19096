/** The foot of a regression table: which effects are in, what each model rests on, its own statistics. */
import type { ModelColumn, NumberFormat, TableRow } from './records.js'

/** Terms that are not shown one by one, with a yes or no for each model. */
export function indicatorRows(
  models: readonly ModelColumn[],
  indicators: readonly { readonly label: string; readonly prefix: string }[],
): TableRow[] {
  return indicators.map(({ label, prefix }, index) => ({
    rule: index === 0,
    cells: [label, ...models.map((model) => (model.terms.some((row) => row.term.startsWith(prefix)) ? 'yes' : 'no'))],
  }))
}

/** Observations, groups, clusters, log-likelihood and the models' own statistics; lines no model has are left out. */
export function footRows(models: readonly ModelColumn[]): TableRow[] {
  const rows: { label: string; cells: (number | null)[]; format: NumberFormat; count?: boolean }[] = [
    { label: 'Observations', format: 'integer', count: true, cells: models.map((model) => model.sample.used) },
    { label: 'Groups', format: 'integer', count: true, cells: models.map((model) => model.sample.groups ?? null) },
  ]
  for (const name of new Set(models.flatMap((model) => (model.vcov.clusters ?? []).map((cluster) => cluster.name)))) {
    const counts = models.map((model) => model.vcov.clusters?.find((cluster) => cluster.name === name)?.count ?? null)
    rows.push({ label: `Clusters (${name})`, format: 'integer', cells: counts })
  }
  rows.push({ label: 'Log-likelihood', format: { decimals: 1 }, cells: models.map((model) => model.logLikelihood ?? null) })
  for (const label of new Set(models.flatMap((model) => (model.statistics ?? []).map((statistic) => statistic.label)))) {
    const found = models.map((model) => model.statistics?.find((statistic) => statistic.label === label))
    const format = found.find((statistic) => statistic?.format)?.format ?? { significant: 3 }
    rows.push({
      label,
      format,
      count: found.some((statistic) => statistic?.count),
      cells: found.map((statistic) => statistic?.value ?? null),
    })
  }
  const kept = rows.filter(({ cells }) => cells.some((cell) => cell !== null))
  return kept.map(({ label, cells, format, count }, index) => ({
    rule: index === 0,
    cells: [label, ...cells.map((value) => ({ value, format, count }))],
  }))
}
