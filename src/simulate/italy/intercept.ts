/**
 * The intercept of the outcome equation: solved so that the wanted prevalence comes out on average over pilot panels, whose
 * random numbers are their own. Surveys that differ in their seed alone have one truth.
 */
import { ReshoreError } from '../../errors.js'
import { drawCompanies, investorCounts } from './accounts.js'
import { bisect, drawChoiceInputs, provinceCounts, simulateChoices, type ChoiceSetting, type Choices } from './choices.js'
import type { BaselineHazards } from './exits.js'
import { drawMigrantFirms } from './files.js'
import { exitHazard, outcomeEquation, publishedFirms, yearCount, type Exits, type Link } from './parameters.js'
import { drawPopulation, type Population } from './population.js'
import { provinces } from './territory.js'

/** What decides the choices of a survey besides its seed. */
export interface ChoiceSettings {
  readonly firms: number
  readonly link: Link
  readonly exits: Exits
  readonly prevalence: number
  readonly spillover: number
}

/** Above it the spillover feeds on itself in a province, and the intercept no longer decides the prevalence. */
const tippedShare = 0.85
const smallestProvince = 20

/** The random inputs of one panel: the survey itself, or a pilot. */
export function choiceSetting(settings: ChoiceSettings, baseline: BaselineHazards, seed: number, label: string): ChoiceSetting {
  const { firms, link, exits, prevalence } = settings
  const migrantFirms = drawMigrantFirms(seed)
  const population = drawPopulation(firms, seed, label)
  const fdiCompanies = investorCounts(drawCompanies(firms, seed, label))
  return { population, link, exits, fdiCompanies, migrantFirms, baseline, ...drawChoiceInputs(population, prevalence, seed, label) }
}

/** The intercept, to three decimals, under which pilot panels have the wanted prevalence on average. */
export function solveIntercept(settings: ChoiceSettings, baseline: BaselineHazards): number {
  const pilots = Math.min(6, Math.ceil(publishedFirms / settings.firms))
  const panels = Array.from({ length: pilots }, (_, pilot) => choiceSetting(settings, baseline, pilot, 'pilot'))
  const excess = (intercept: number): number => {
    const outcome = outcomeEquation({ ...settings, intercept })
    const prevalences = panels.map((panel) => simulateChoices(panel, outcome, exitHazard).prevalence)
    return prevalences.reduce((sum, prevalence) => sum + prevalence, 0) / pilots - settings.prevalence
  }
  const intercept = Math.round(1000 * bisect(excess, settings.link === 'probit' ? -8 : -16, 2, 14)) / 1000
  const outcome = outcomeEquation({ ...settings, intercept })
  const shares = panels.map((panel) => largestProvinceShare(panel.population, simulateChoices(panel, outcome, exitHazard)))
  const largest = Math.max(...shares)
  if (largest <= Math.max(tippedShare, 3 * settings.prevalence)) return intercept
  const cause = `with a neighbour effect of ${settings.spillover} among ${settings.firms} firms`
  const what = `${cause} a province tips over to ${Math.round(100 * largest)} % active`
  throw new ReshoreError('SimulationError', what, 'Ask for a smaller spillover or prevalence.', 2)
}

/** Largest share of active firms in the last year, over provinces large enough for one to mean something. */
function largestProvinceShare(population: Population, choices: Choices): number {
  const firms = new Int32Array(provinces.length)
  for (const province of population.province) firms[province] = firms[province]! + 1
  const active = provinceCounts(population, choices.active, yearCount - 1)
  return Math.max(0, ...Array.from(firms, (count, province) => (count < smallestProvince ? 0 : active[province]! / count)))
}
