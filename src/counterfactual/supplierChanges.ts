/** Outcomes of draws of supplier sets gathered: medians and 5–95 % intervals of the re-solved and of the closed form, and how firm the plans are. */
import { summariseDraws } from '../calibrate/draws.js'
import { ReshoreError } from '../errors.js'
import type { DrawInterval, SupplierChanges, SupplierMeasures, SupplierScenario } from './records.js'
import type { SupplierDraw, SupplierTotals } from './supplierDraws.js'

type Kept = Extract<SupplierDraw, { base: SupplierTotals }>

/**
 * Returns one record a scenario. Throws `CalibrationError` where every draw was discarded.
 *
 * @param outcomes of all draws, in any order: they are put in the order of their numbers first
 * @param weight of every buyer
 */
export function supplierChanges(outcomes: readonly SupplierDraw[], scenarios: readonly SupplierScenario[], weight: Float64Array): SupplierChanges[] {
  const ordered = [...outcomes].sort((a, b) => a.draw - b.draw)
  const kept = ordered.filter((outcome): outcome is Kept => 'base' in outcome)
  const reasons = ordered.flatMap((outcome) => ('discarded' in outcome ? [outcome.discarded] : []))
  const discarded = [...new Set(reasons)].map((reason) => ({ reason, draws: reasons.filter((other) => other === reason).length }))
  if (kept.length === 0) {
    throw new ReshoreError('CalibrationError', `All ${outcomes.length} draws were discarded: ${discarded.map(({ reason, draws }) => `${reason} (${draws})`).join(', ')}.`,
      'The estimates do not admit the model: look at the returns to scale and the link logits.')
  }
  return scenarios.map(({ name }, s) => {
    const bases = kept.map(({ base }) => measures(base, base))
    const of = (side: 'solved' | 'closed'): SupplierMeasures<DrawInterval> => {
      const after = kept.map(({ base, scenarios: all }) => measures(all[s]![side], base))
      return spread(after.map((one, r) => minus(one, bases[r]!)))
    }
    const plans = planShares(kept.map((one) => one.scenarios[s]!.plans), weight)
    const buyers = kept.reduce((sum, one) => sum + one.scenarios[s]!.beyond, 0)
    return {
      kind: 'suppliers', name, base: spread(bases), solved: of('solved'), closed: of('closed'), ...plans,
      beyond: buyers / (kept.length * weight.length),
      draws: { asked: outcomes.length, kept: kept.length, discarded },
    }
  })
}

/** Levels of links, ln km and revenue; what was added and dropped; growth of ln revenue through each input. */
function measures({ links: [substitutes, complements], added, dropped, logKm, revenue, through, imported }: SupplierTotals, base: SupplierTotals): SupplierMeasures<number> {
  return {
    links: substitutes + complements, substitutes, complements, added, dropped, logKm: logKm / (substitutes + complements), revenue, imported,
    through: [...through].map((sum) => sum / base.revenue),
  }
}

const scalars = ['links', 'substitutes', 'complements', 'added', 'dropped', 'logKm', 'revenue', 'imported'] as const

function minus(one: SupplierMeasures<number>, other: SupplierMeasures<number>): SupplierMeasures<number> {
  return { ...mapped((key) => one[key] - other[key]), through: one.through.map((value, k) => value - other.through[k]!) }
}

function spread(all: readonly SupplierMeasures<number>[]): SupplierMeasures<DrawInterval> {
  return { ...mapped((key) => summariseDraws(all.map((one) => one[key]))), through: all[0]!.through.map((_, k) => summariseDraws(all.map((one) => one.through[k]!))) }
}

function mapped<T>(of: (key: (typeof scalars)[number]) => T): Omit<SupplierMeasures<T>, 'through'> {
  return Object.fromEntries(scalars.map((key) => [key, of(key)])) as unknown as Omit<SupplierMeasures<T>, 'through'>
}

/** Of draws, those with a buyer's most frequent changes, averaged over buyers; and buyers whose changes are the same in all draws. */
function planShares(plans: readonly Int32Array[], weight: Float64Array): Pick<SupplierChanges, 'modal' | 'certain'> {
  let [modal, certain, total] = [0, 0, 0]
  weight.forEach((own, n) => {
    const counts = new Map<number, number>()
    for (const plan of plans) counts.set(plan[n]!, (counts.get(plan[n]!) ?? 0) + 1)
    const share = Math.max(...counts.values()) / plans.length
    total += own
    modal += own * share
    if (share === 1) certain += own
  })
  return { modal: modal / total, certain: certain / total }
}
