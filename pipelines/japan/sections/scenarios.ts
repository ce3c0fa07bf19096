/** The two scenarios, base and scenario side by side with intervals over draws. */
import type { ScenarioReport } from 'reshore'
import { distanceCut, type Outcome, type Scenarios } from '../scenarios.js'
import type { Resolved, Unsolved } from '../sourcing.js'
import { unsolvedWords } from './sourcing.js'

export function scenarioReports({ draws, supply, distance }: Scenarios): readonly ScenarioReport[] {
  const sampled = `${draws.kept} of ${draws.asked} draws of the coefficients are admissible; the equations share one covariance over firms. Links are rare: their number moves with the odds.`
  const nearer: ScenarioReport = {
    id: 'nearer', title: 'Distance matters a tenth less',
    description: `As if communication and travel became cheaper: the elasticity η + ψ of every input industry falls by ${100 * distanceCut} %. ${sampled}`,
    changes: [{ what: 'elasticity of links to distance, η + ψ', from: null, to: `× ${1 - distanceCut}` }],
    outcomes: distance.map(numberOutcome),
  }
  if (supply === null) return distance.length === 0 ? [] : [nearer]
  const still: ScenarioReport = {
    id: 'still', title: 'Foreign export supply had not grown',
    description: `The growth of export supply where every imported input comes from is taken back: foreign potential moves by ρ, capability by the share bought abroad, revenue and links by e_k and κ. Prices of others and wages stay. ${sampled}`,
    changes: [{ what: 'growth of world export supply', from: 'as it was', to: 'none' }],
    outcomes: supply.map(numberOutcome),
  }
  return distance.length === 0 ? [still] : [still, nearer]
}

/** Why scenarios are not on the page, in sentences for its top. */
export function lackingScenarios(resolved: Resolved | Unsolved, { draws, supply }: Scenarios): readonly string[] {
  const none = draws.kept === 0
  return [
    ...('unsolved' in resolved ? [unsolvedWords(resolved)] : []),
    ...(none ? [`The scenarios have no answer in closed form either: none of ${draws.asked} draws has every e_k and 1/κ above zero.`] : []),
    ...(supply === null && !none ? ['The scenario without growth of foreign export supply is left out: its response ρ has no estimate, as too few inputs are imported in both years.'] : []),
  ]
}

function numberOutcome({ label, base, scenario, change }: Outcome): ScenarioReport['outcomes'][number] {
  return { kind: 'number', label, base, scenario, format: 'integer', interval: { change: change.interval, label: '5–95 % of draws' } }
}
