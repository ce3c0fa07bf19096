/**
 * A synthetic Italian tax survey with its truth: raw files in Windows-1252, one a year, with the accounts of larger companies
 * and the areas, dirt included, as a data room would hand them over.
 *
 * The panel has the firms, waves, prevalence and moments of Canello and Pavone and the coefficients of their Table 2 planted;
 * `italy/choices.ts` states the model, `italy/exits.ts` how Table 3 holds beside it. The intercept is solved so that the wanted
 * prevalence comes out on average: on a pilot panel of its own random stream, so that two surveys which differ in their seed
 * have one truth.
 */
import iconv from 'iconv-lite'
import { ReshoreError } from '../errors.js'
import { drawCompanies } from './italy/accounts.js'
import { simulateChoices } from './italy/choices.js'
import { drawCosts } from './italy/costs.js'
import { plantDirt, undecodable } from './italy/dirt.js'
import { baselineHazards } from './italy/exits.js'
import { accountsFile, areasFile, firmCode, surveyFile, type RawFile } from './italy/files.js'
import { choiceSetting, solveIntercept } from './italy/intercept.js'
import {
  exitHazard, exitOnlyHazard, firstYear, outcomeEquation, publishedFirms, publishedSpillover, yearCount, type Exits, type Link,
} from './italy/parameters.js'
import type { Population } from './italy/population.js'
import { compareTargets, defaultPrevalence, type SurveyPanel } from './italy/targets.js'
import type { ExitHazard, ItalyTruth, OutcomeEquation } from './records.js'
import { writeFiles } from './writeFiles.js'

export interface ItalyOptions {
  /** Firms of the survey. Default 17,338, the published number. */
  readonly firms?: number
  /** Default 1. */
  readonly seed?: number
  /** Errors of the outcome equation. Default probit (σ = .5), which meets the published moments; logit (σ = 3) nearly does. */
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
  /** The planted part of Table 3. */
  readonly exit: ExitHazard
  /** Firm effects given initial state and means, by firm: N(0, σ²). */
  readonly effects: Float64Array
}

/**
 * Raw files of a synthetic survey in folder `out`, and its `truth.json`, which is also returned. Same options, same bytes.
 *
 * @example const truth = await simulateItaly({ firms: 2000, seed: 2005, prevalence: 0.12, out: 'data/italy' })
 */
export async function simulateItaly({ out, ...options }: ItalyOptions & { readonly out: string }): Promise<ItalyTruth> {
  const survey = drawItaly(options)
  const { population, settings } = survey
  const clean = await Promise.all(Array.from({ length: yearCount }, (_, year) => surveyFile(survey, year)))
  const accounts = await accountsFile(survey.companies)
  const areas = await areasFile(survey.migrantFirms)
  const each = settings.dirt ? Math.max(1, Math.round(settings.firms / 500)) : 0
  const { files, dirt } = each > 0 ? plantDirt(clean, accounts, each, settings.seed) : { files: [...clean, accounts], dirt: [] }
  const truth: ItalyTruth = {
    survey: 'italy',
    seed: settings.seed,
    firms: settings.firms,
    years: Array.from({ length: yearCount }, (_, year) => firstYear + year),
    link: settings.link,
    exits: settings.exits,
    prevalence: settings.prevalence,
    outcome: survey.outcome,
    exit: survey.exit,
    notes: notes(settings),
    rows: Object.fromEntries([...clean, accounts, areas].map((file) => [file.name, file.lines.length - 1])),
    dirt,
    missingYears: missingYears(population),
    targets: compareTargets(survey, settings.prevalence),
  }
  const encoded = [...files, areas].map((file) => [file.name, encode(file)] as const)
  await writeFiles(out, new Map([...encoded, ['truth.json', Buffer.from(`${JSON.stringify(truth, undefined, 1)}\n`)]]))
  return truth
}

/** The panel behind the files: covariates, choices, costs and companies. Throws `SimulationError` for options out of range. */
export function drawItaly(options: ItalyOptions = {}): ItalySurvey {
  const settings = checked(options)
  const { firms, seed, link, spillover } = settings
  const baseline = baselineHazards()
  const intercept = solveIntercept(settings, baseline)
  const outcome = outcomeEquation({ link, intercept, spillover })
  const companies = drawCompanies(firms, seed)
  const setting = choiceSetting(settings, baseline, seed, 'survey')
  const { population, migrantFirms } = setting
  const choices = simulateChoices(setting, outcome, exitHazard)
  const costs = drawCosts(population, choices, seed)
  const effects = setting.effect.map((standard) => outcome.sigma * standard)
  const exit = settings.exits === 'hazard' ? exitHazard : exitOnlyHazard
  return { settings, population, choices, costs, companies, migrantFirms, outcome, exit, effects }
}

const defaults: Settings = {
  firms: publishedFirms, seed: 1, link: 'probit', exits: 'dynamic', prevalence: defaultPrevalence, spillover: publishedSpillover, dirt: true,
}

/** Below it one line of every kind of dirt is more than a hundredth of the rows. */
const fewestFirms = 100

function checked(options: ItalyOptions): Settings {
  const settings: Settings = { ...defaults, ...options }
  const { firms, seed, prevalence, spillover } = settings
  const demand = (holds: boolean, what: string, remedy: string): void => {
    if (!holds) throw new ReshoreError('SimulationError', what, remedy, 2)
  }
  demand(Number.isSafeInteger(firms) && firms >= fewestFirms, `firms is ${firms}`, `Ask for a whole number of firms, at least ${fewestFirms}.`)
  demand(Number.isSafeInteger(seed), `seed is ${seed}`, 'Give a whole number.')
  demand(prevalence > 0.001 && prevalence < 0.5, `prevalence is ${prevalence}`, 'Give a share between 0.001 and 0.5.')
  demand(spillover >= 0 && spillover <= 1, `spillover is ${spillover}`, 'Give a number from 0 to 1.')
  return settings
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
  const held = exits === 'dynamic' ? [
    `Entry and stay follow the outcome equation (${link}, Table 2).`,
    'Given the firm effect, the hazard of return is proportional to the covariates in `exit` (Table 3), of the last year active.',
    'A hazard model without firm effects finds about nine tenths of them.',
    'The hazard ratios of supplier, export share, employees and neighbours follow from the outcome equation; they are not planted.',
  ] : [
    `Entry follows the outcome equation (${link}, Table 2); its effect of the lag is not planted.`,
    'The return follows the hazard in `exit` (Table 3): covariates of the last year active, neighbours of the year before the start.',
  ]
  return [
    'Rows of the outcome equation: firm-years 2006-2012 whose year before is observed. 2005 gives the initial state and first lags.',
    'Means in the outcome equation are over the lagged covariates of those rows.',
    'Neighbours: other active firms of the province the year before, both sectors; investors likewise, from the accounts.',
    'Units: value added and wages per employee in thousand EUR; export share from 0 to 1, in percent in `exit`; foreignShare in percent.',
    ...held,
  ]
}

/** Windows-1252 bytes; a single-byte encoding, so the place of a character is the place of its byte. */
function encode(file: RawFile): Buffer {
  const text = `${file.lines.join('\n')}\n`
  const bytes = iconv.encode(text, 'windows-1252')
  for (let at = text.indexOf(undecodable); at >= 0; at = text.indexOf(undecodable, at + 1)) bytes[at] = 0x81
  return bytes
}
