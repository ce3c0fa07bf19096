/**
 * A synthetic Italian tax survey with its truth: raw files in Windows-1252, one a year, with the accounts of larger companies
 * and the areas, dirt included, as a data room would hand them over.
 *
 * The panel has the firms, waves, prevalence and moments of Canello and Pavone and the coefficients of their Table 2 planted;
 * `italy/choices.ts` states the model, `italy/exits.ts` how Table 3 holds beside it. The intercept is solved so that the wanted
 * prevalence comes out on average: on a pilot panel of its own random stream, so that two surveys which differ in their seed
 * have one truth.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { ReshoreError } from '../errors.js'
import { drawCompanies, investorCounts } from './italy/accounts.js'
import { bisect, drawChoiceInputs, simulateChoices, type ChoiceSetting } from './italy/choices.js'
import { drawCosts } from './italy/costs.js'
import { plantDirt, undecodable } from './italy/dirt.js'
import { baselineHazards, type BaselineHazards } from './italy/exits.js'
import { accountsFile, areasFile, drawMigrantFirms, firmCode, surveyFile, type RawFile } from './italy/files.js'
import { exitHazard, firstYear, outcomeEquation, publishedFirms, publishedSpillover, yearCount, type Exits, type Link } from './italy/parameters.js'
import { drawPopulation, type Population } from './italy/population.js'
import { compareTargets, defaultPrevalence, type SurveyPanel } from './italy/targets.js'
import type { ExitHazard, ItalyTruth, OutcomeEquation } from './records.js'

export interface ItalyOptions {
  /** Firms of the survey. Default 17,338, the published number. */
  readonly firms?: number
  /** Default 1. */
  readonly seed?: number
  /** Error distribution of the outcome equation. Default probit: with σ = .5 it meets the published moments, logit with σ = 3 nearly. */
  readonly link?: Link
  /** `dynamic` (default): Table 2 governs entry and stay. `hazard`: Table 2 governs entry, Table 3 alone the return. */
  readonly exits?: Exits
  /** Share of firm-years that are active. Default 0.043. */
  readonly prevalence?: number
  /** Effect of one more active neighbour. Default 0.018, the published one. */
  readonly spillover?: number
  /** Plant dirty lines. Default true; without them the files hold the same panel. */
  readonly dirt?: boolean
}

type Settings = Required<ItalyOptions>

/** The simulated panel, before it becomes files. */
export interface ItalySurvey extends SurveyPanel {
  readonly settings: Settings
  readonly migrantFirms: Int32Array
  readonly outcome: OutcomeEquation
  readonly exit: ExitHazard
}

/**
 * Raw files of a synthetic survey in folder `out`, and its `truth.json`, which is also returned. Same options, same bytes.
 *
 * @example const truth = await simulateItaly({ firms: 2000, seed: 2005, prevalence: 0.12, out: 'data/italy' })
 */
export async function simulateItaly({ out, ...options }: ItalyOptions & { readonly out: string }): Promise<ItalyTruth> {
  const survey = drawItaly(options)
  const { population, choices, costs, settings } = survey
  const clean = await Promise.all(Array.from({ length: yearCount }, (_, year) => surveyFile(population, choices, costs, year)))
  const accounts = await accountsFile(survey.companies)
  const areas = await areasFile(survey.migrantFirms)
  const each = settings.dirt ? Math.max(3, Math.round(settings.firms / 500)) : 0
  const { files, dirt } = each > 0 ? plantDirt(clean, accounts, each, settings.seed) : { files: [...clean, accounts], dirt: [] }
  const truth: ItalyTruth = {
    survey: 'italy',
    seed: settings.seed,
    firms: settings.firms,
    years: Array.from({ length: yearCount }, (_, year) => firstYear + year),
    link: settings.link,
    exits: settings.exits,
    outcome: survey.outcome,
    exit: survey.exit,
    notes: notes(settings),
    rows: Object.fromEntries([...clean, accounts, areas].map((file) => [file.name, file.lines.length - 1])),
    dirt,
    missingYears: missingYears(population),
    targets: compareTargets(survey, settings.prevalence),
  }
  await writeFiles(out, [...files, areas], truth)
  return truth
}

/** The panel behind the files: covariates, choices, costs and companies. Throws `BadSimulation` for options out of range. */
export function drawItaly(options: ItalyOptions = {}): ItalySurvey {
  const settings = checked(options)
  const { firms, seed, link, spillover } = settings
  const baseline = baselineHazards()
  const intercept = solveIntercept(settings, baseline)
  const outcome = outcomeEquation({ link, intercept, spillover })
  const companies = drawCompanies(firms, seed)
  const migrantFirms = drawMigrantFirms(seed)
  const setting = choiceSetting(settings, baseline, seed, 'survey', migrantFirms)
  const choices = simulateChoices(setting, outcome, exitHazard)
  const costs = drawCosts(setting.population, choices, seed)
  return { settings, population: setting.population, choices, costs, companies, migrantFirms, outcome, exit: exitHazard }
}

function checked(options: ItalyOptions): Settings {
  const settings = { firms: publishedFirms, seed: 1, link: 'probit', exits: 'dynamic', prevalence: defaultPrevalence, spillover: publishedSpillover, dirt: true, ...options } as Settings
  const fail = (what: string, remedy: string): never => {
    throw new ReshoreError('BadSimulation', what, remedy, 2)
  }
  if (!Number.isSafeInteger(settings.firms) || settings.firms < 50) fail(`firms is ${settings.firms}`, 'Ask for a whole number of firms, at least 50.')
  if (!Number.isSafeInteger(settings.seed)) fail(`seed is ${settings.seed}`, 'Give a whole number.')
  if (!(settings.prevalence > 0.001 && settings.prevalence < 0.5)) fail(`prevalence is ${settings.prevalence}`, 'Give a share between 0.001 and 0.5.')
  if (!(settings.spillover >= 0 && settings.spillover <= 1)) fail(`spillover is ${settings.spillover}`, 'Give a number from 0 to 1.')
  return settings
}

function choiceSetting(settings: Settings, baseline: BaselineHazards, seed: number, label: string, migrantFirms: Int32Array): ChoiceSetting {
  const population = drawPopulation(settings.firms, seed, label)
  const fdiCompanies = investorCounts(drawCompanies(settings.firms, seed, label))
  const { link, exits } = settings
  return { population, link, exits, fdiCompanies, migrantFirms, baseline, ...drawChoiceInputs(population, settings.prevalence, seed, label) }
}

/** The intercept, to three decimals, under which pilot panels have the wanted prevalence on average. */
function solveIntercept(settings: Settings, baseline: BaselineHazards): number {
  const pilots = Math.min(6, Math.ceil(publishedFirms / settings.firms))
  const panels = Array.from({ length: pilots }, (_, pilot) => choiceSetting(settings, baseline, pilot, 'pilot', drawMigrantFirms(pilot)))
  const excess = (intercept: number): number => {
    const outcome = outcomeEquation({ ...settings, intercept })
    return panels.reduce((sum, panel) => sum + simulateChoices(panel, outcome, exitHazard).prevalence, 0) / pilots - settings.prevalence
  }
  return Math.round(1000 * bisect(excess, settings.link === 'probit' ? -7 : -16, 0, 14)) / 1000
}

/** Firm-years that are missing although a later year is there. */
function missingYears(population: Population): ItalyTruth['missingYears'] {
  const missing: { firm: string; year: number }[] = []
  for (let firm = 0; firm < population.firms; firm++) {
    const observed = population.observed.subarray(firm * yearCount, (firm + 1) * yearCount)
    const last = observed.lastIndexOf(1)
    observed.forEach((seen, year) => {
      if (seen === 0 && year < last) missing.push({ firm: firmCode(firm), year: firstYear + year })
    })
  }
  return missing
}

function notes({ link, exits }: Settings): string[] {
  const sample = 'Rows of the outcome equation are firm-years 2006-2012 whose year before is observed; 2005 supplies y_2005 and the first lags. Means are over the lagged covariates of those rows.'
  const units = 'Value added and wages per employee in thousand EUR, export share from 0 to 1, neighbours: other active firms of the province the year before, both sectors.'
  const held = exits === 'dynamic'
    ? `The ${link} of Table 2 governs entry and stay. Of the hazard, foreignShare, profits, wagePerEmployee and roi (values of the year before the return) are planted given the firm effect; supplier, exportShare, employees and offshoringNeighbours follow from the outcome equation and are not planted.`
    : `The ${link} of Table 2 governs entry only: lag is not planted, and initial and sigma act on entry. The return follows the hazard for every covariate, with foreignShare and exportShare in percent and neighbours of the year before the start.`
  return [sample, units, held]
}

async function writeFiles(out: string, files: readonly RawFile[], truth: ItalyTruth): Promise<void> {
  try {
    await mkdir(out, { recursive: true })
    for (const file of files) await writeWhole(join(out, file.name), encode(file))
    await writeWhole(join(out, 'truth.json'), Buffer.from(`${JSON.stringify(truth, undefined, 1)}\n`))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ReshoreError('OutputNotWritable', `cannot write the survey to ${out}: ${reason}`, 'Name a folder that can be written to.')
  }
}

/** Windows-1252 bytes; a single-byte encoding, so the place of a character is the place of its byte. */
function encode(file: RawFile): Buffer {
  const text = `${file.lines.join('\n')}\n`
  const bytes = iconv.encode(text, 'windows-1252')
  for (let at = text.indexOf(undecodable); at >= 0; at = text.indexOf(undecodable, at + 1)) bytes[at] = 0x81
  return bytes
}

/** Written under a temporary name, then renamed: a killed run leaves only whole files. */
async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  await writeFile(`${path}.partial`, bytes)
  await rename(`${path}.partial`, path)
}
