/**
 * The functions of time of the proportional-hazards test: `km` is one minus the left-continuous Kaplan–Meier curve of all rows
 * (strata pooled, unweighted, late entry respected), `rank` the rank of a row's stop among all rows' stops (average rank of ties),
 * `identity` and `log` the time itself. All as in `survival::cox.zph`.
 */
import { riskSets, type RiskSets } from '../../models/cox/riskSets.js'
import type { SurvivalColumns } from '../../records.js'

export type TimeTransform = 'km' | 'rank' | 'identity' | 'log'

/** g at each event time of `risk` (the model's own risk sets, by stratum). */
export function timeTransform(kind: TimeTransform, survival: SurvivalColumns, risk: RiskSets): Float64Array {
  if (kind === 'identity') return risk.times.slice()
  if (kind === 'log') return risk.times.map(Math.log)
  const pooledSurvival = { ...survival, strata: new Int32Array(risk.rows), strataLevels: [] }
  const pooled = risk.strata === 1 ? risk : riskSets(pooledSurvival)
  const values = kind === 'km' ? kaplanMeier(pooled) : stopRanks(pooledSurvival, pooled)
  const place = new Int32Array(risk.times.length)
  for (const i of risk.eventRows) place[risk.last[i]!] = pooled.last[i]!
  return Float64Array.from(place, (k) => values[k]!)
}

/** 1 − S(t−) at each pooled event time. */
function kaplanMeier({ times, before, last, deaths }: RiskSets): Float64Array {
  const atRisk = new Float64Array(times.length + 1)
  for (let i = 0; i < last.length; i++) {
    if (last[i]! < 0) continue
    atRisk[last[i]!]!++
    if (before[i]! >= 0) atRisk[before[i]!]!--
  }
  for (let k = times.length - 1; k >= 0; k--) atRisk[k]! += atRisk[k + 1]!
  let survival = 1
  return times.map((_, k) => {
    const left = 1 - survival
    survival *= (atRisk[k]! - deaths[k]!) / atRisk[k]!
    return left
  })
}

/** Average rank of each event time among the stops of all rows. */
function stopRanks(survival: SurvivalColumns, { times }: RiskSets): Float64Array {
  const { last } = riskSets({ ...survival, hasStart: false })
  const tolerance = 1e-9
  const from = new Float64Array(times.length)
  const equal = new Float64Array(times.length)
  let below = 0
  for (let i = 0; i < last.length; i++) {
    const k = last[i]!
    if (k < 0) below++
    else {
      from[k]!++
      if (survival.stop[i]! - times[k]! <= tolerance * Math.max(1, Math.abs(times[k]!))) equal[k]!++
    }
  }
  return times.map((_, k) => {
    const rank = below + (equal[k]! + 1) / 2
    below += from[k]!
    return rank
  })
}
