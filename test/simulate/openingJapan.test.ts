/**
 * The opening setting of the simulated links: suppliers added by buyers that start to buy abroad are nearer and more differentiated
 * than those they keep, and than what other buyers add; in the baseline they are not. On the links as drawn, without reports.
 */
import { describe, expect, it } from 'vitest'
import { drawJapan, type JapanDraw } from '../../src/simulate/index.js'
import { gazetteer } from '../../src/simulate/japan/gazetteer.js'
import { industries, type JapanSetting } from '../../src/simulate/japan/parameters.js'
import { offshores } from '../../src/simulate/japan/truth.js'

type Measure = (draw: JapanDraw, n: number, s: number, slot: number) => number

const logKm: Measure = ({ firms }, n, s) => {
  const { municipalities, logDistance } = gazetteer()
  return logDistance[firms.municipality[n]! * municipalities.length + firms.municipality[s]!]!
}
const differentiation: Measure = ({ planted, firms }, n, _, slot) =>
  planted.inputs[industries[firms.industry[n]!]!.inputs[slot]!]!.differentiation

/** Means of added less kept suppliers of the buyers that did not buy abroad before, by whether they start; with standard errors. */
function contrasts(draw: JapanDraw, measure: Measure): readonly { readonly mean: number; readonly error: number }[] {
  const { firms, links: { years }, offshoring } = draw
  const stays = (n: number): boolean => (firms.present[2 * n]! & firms.present[2 * n + 1]!) === 1
  const [before, after] = years.map(({ buyer, supplier, slot }) => {
    const found = new Map<number, Map<number, number>>()
    buyer.forEach((n, link) => {
      if (offshoring.row[n]! < 0 || !stays(n) || !stays(supplier[link]!) || offshores(offshoring, n, 0)) return
      if (!found.has(n)) found.set(n, new Map())
      found.get(n)!.set(supplier[link]!, slot[link]!)
    })
    return found
  }) as [Map<number, Map<number, number>>, Map<number, Map<number, number>>]
  const groups: number[][] = [[], []]
  for (const [n, recent] of after) {
    const old = before.get(n)
    const mean = (kept: boolean): number => {
      const values = [...recent].flatMap(([s, slot]) => (kept === (old?.has(s) ?? false) ? [measure(draw, n, s, slot)] : []))
      return values.reduce((a, b) => a + b, 0) / values.length
    }
    const contrast = mean(false) - mean(true)
    if (Number.isFinite(contrast)) groups[offshores(offshoring, n, 1) ? 1 : 0]!.push(contrast)
  }
  return groups.map((values) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return { mean, error: Math.sqrt(square / (values.length - 1) / values.length) }
  })
}

describe.each<[JapanSetting, boolean]>([['opening', true], ['baseline', false]])('adds of starters in the setting %s', (setting, opens) => {
  const draw = drawJapan({ links: 300_000, seed: 1, setting })
  const over = (measure: Measure): { readonly starters: number; readonly difference: number } => {
    const [others, starters] = contrasts(draw, measure)
    return { starters: starters!.mean / starters!.error, difference: (starters!.mean - others!.mean) / Math.hypot(starters!.error, others!.error) }
  }

  it(opens ? 'are nearer' : 'are not surely nearer', () => {
    const { starters, difference } = over(logKm)
    if (opens) expect(Math.max(starters, difference)).toBeLessThan(-2)
    else expect(Math.min(starters, difference)).toBeGreaterThan(-2)
  })

  it(opens ? 'and more differentiated' : 'and not surely more differentiated', () => {
    const { starters, difference } = over(differentiation)
    if (opens) expect(Math.min(starters, difference)).toBeGreaterThan(4)
    else expect(Math.max(starters, difference)).toBeLessThan(2)
  })
})
