/** Outcomes of draws gathered into base, scenario and change: medians and 5–95 % intervals, and how often each direction occurs. */
import { summariseDraws } from '../calibrate/draws.js'
import { ReshoreError } from '../errors.js'
import type { ParticipationPlan } from '../sourcing/records.js'
import type { DrawOutcome } from './participationDraws.js'
import type { DrawInterval, ParticipationChanges, ParticipationPath, ParticipationScenario } from './records.js'

/**
 * Returns one record a scenario. Throws `CalibrationError` where every draw was discarded.
 *
 * @param outcomes of all draws, in any order: they are put in the order of their numbers first
 */
export function participationChanges(outcomes: readonly DrawOutcome[], scenarios: readonly ParticipationScenario[]): ParticipationChanges[] {
  const ordered = [...outcomes].sort((a, b) => a.draw - b.draw)
  const kept = ordered.flatMap((outcome) => ('plans' in outcome ? [outcome.plans] : []))
  const reasons = ordered.flatMap((outcome) => ('discarded' in outcome ? [outcome.discarded] : []))
  const discarded = [...new Set(reasons)].map((reason) => ({ reason, draws: reasons.filter((other) => other === reason).length }))
  if (kept.length === 0) {
    throw new ReshoreError('CalibrationError', `All ${outcomes.length} draws were discarded: ${discarded.map(({ reason, draws }) => `${reason} (${draws})`).join(', ')}.`,
      'The estimates do not admit the model: look at the state dependence of the entry equation.')
  }
  return scenarios.map(({ name }, s) => {
    const base = kept.map((plans) => plans[0]!)
    const after = kept.map((plans) => plans[s + 1]!)
    return {
      kind: 'participation',
      name,
      ...path(base, after, (plan) => plan.share),
      entries: path(base, after, (plan) => plan.entries),
      exits: path(base, after, (plan) => plan.exits),
      duration: { base: durations(base), scenario: durations(after) },
      areas: byArea(base, after),
      draws: { asked: outcomes.length, kept: kept.length, discarded },
    }
  })
}

function path(base: readonly ParticipationPlan[], after: readonly ParticipationPlan[], pick: (plan: ParticipationPlan) => readonly number[]): ParticipationPath {
  const periods = pick(base[0]!).map((_, t) => t)
  const at = (plans: readonly ParticipationPlan[]) => periods.map((t) => summariseDraws(plans.map((plan) => pick(plan)[t]!)))
  return {
    base: at(base),
    scenario: at(after),
    change: periods.map((t) => summariseDraws(after.map((plan, r) => pick(plan)[t]! - pick(base[r]!)[t]!))),
  }
}

/** Draws in which nobody was ever active have no duration and are left out of it. */
function durations(plans: readonly ParticipationPlan[]): DrawInterval {
  return summariseDraws(plans.flatMap(({ durations: { expected } }) => (expected === null ? [] : [expected])))
}

function byArea(base: readonly ParticipationPlan[], after: readonly ParticipationPlan[]): ParticipationChanges['areas'] {
  return base[0]!.areas.map(({ area, units }, a) => {
    const changes = after.map((plan, r) => plan.areas[a]!.active.at(-1)! - base[r]!.areas[a]!.active.at(-1)!)
    const shareOf = (test: (change: number) => boolean): number => changes.filter(test).length / changes.length
    return { area, units, change: summariseDraws(changes), falls: shareOf((n) => n < 0), stays: shareOf((n) => n === 0), rises: shareOf((n) => n > 0) }
  })
}
