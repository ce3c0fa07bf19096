/** Survival of a spell after a Cox fit at the means of its covariates, one curve for each level of the first category. */
import { tableFromArrays } from 'apache-arrow'
import { survivalCurves, type ArrowTable, type CurveRecord, type Fit } from 'reshore'
import type { AnyStudy } from './study.js'

/** Curves with pointwise 95 % intervals. */
export function survivalAtMeans(
  { exit: { varying, before, factors }, words }: AnyStudy,
  fit: Fit<'cox'>,
  spells: ArrowTable,
): CurveRecord[] {
  const numeric = [...varying.filter((name) => !factors.includes(name)), ...before.map((name) => `${name}_before`)]
  const [category, ...others] = factors
  const levels = category === undefined ? [`mean ${words.unit}`] : fit.levels[category]!
  const at = tableFromArrays({
    ...Object.fromEntries(numeric.map((name) => [name, levels.map(() => meanOf(spells, name))])),
    ...(category === undefined ? {} : { [category]: levels }),
    ...Object.fromEntries(others.map((name) => [name, levels.map(() => fit.levels[name]![0]!)])),
  })
  return survivalCurves(fit, spells, at).map(({ row, time, survival, lower, upper }) => ({
    name: levels[row]!,
    time,
    survival,
    lower,
    upper,
  }))
}

/** Mean of the values that are there. */
function meanOf(table: ArrowTable, name: string): number {
  const values = Array.from(table.getChild(name)!).filter((value): value is number => value !== null)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
