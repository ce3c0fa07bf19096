/**
 * Simulated buyer–supplier links of Japan with their truth: raw files in Shift_JIS of two years as a data room would hand them
 * over, drawn from the multi-industry sourcing model with communication of Furusawa, Inui, Ito and Tang (2019).
 *
 *     π_n = A_n Π_k Θ_k^{e_k} − Σ f,   Θ_k = Φ_0 + Σ Φ,   ln Φ_s = … − η_k ln d,   ln f = ψ_0 + … + ψ_k ln d − κ ε
 *
 * Firms of the Basic Survey first choose foreign sources (japan/offshoring.ts), then every firm its domestic suppliers
 * (japan/links.ts), both exactly. Between 2005 and 2010 the export supply of foreign countries moves, some pairs draw their fixed
 * cost anew, firms die and are born. docs/simulated-links.md states the model and what holds exactly.
 */
import { ReshoreError } from '../errors.js'
import { keepAccounts, linkValues, type Accounts } from './japan/accounts.js'
import { writeFirms, writeLinks, writeSurvey, type JapanSurvey } from './japan/files.js'
import { solveLevel } from './japan/level.js'
import { drawLinks, type Links } from './japan/links.js'
import { decideOffshoring, type Offshoring } from './japan/offshoring.js'
import { drawFirms, type Firms } from './japan/population.js'
import { drawReports, type Reports } from './japan/reports.js'
import { writeTables } from './japan/tables.js'
import { countChanges, countOffshoring, countReports, japanNotes, plantedIndustries, plantedParameters } from './japan/truth.js'
import { japanSettings, largestExponent, plantedBy, years, type JapanSetting, type Planted } from './japan/parameters.js'
import type { JapanDirtKind, JapanTruth, PlantedDirt } from './records.js'
import { writeFiles } from './writeFiles.js'

export interface JapanOptions {
  /** Firms of 2005. Default a fifth of the links. */
  readonly firms?: number
  /** Links of 2005, about. Default five a firm, 50,000 where neither is given. */
  readonly links?: number
  /**
   * Which parameters are planted: `baseline` (default), or `opening`, in which suppliers added by those who start to buy abroad are
   * nearer and more differentiated than incumbents.
   */
  readonly setting?: JapanSetting
  /** One e_k for all inputs, at most 1.5, in place of those of the setting; σ is then 11. */
  readonly exponent?: number
  /** Default 1. */
  readonly seed?: number
  /** Both sides also report what a link is worth. Default false. */
  readonly values?: boolean
  /** Plant dirty lines. Default true; without them the files hold the same survey. */
  readonly dirt?: boolean
}

type JapanSettings = Required<Omit<JapanOptions, 'exponent'>> & Pick<JapanOptions, 'exponent'>

/** The simulated survey, before it becomes files. */
export interface JapanDraw extends JapanSurvey {
  readonly settings: JapanSettings
  readonly planted: Planted
  /** ψ₀. */
  readonly level: number
  readonly firms: Firms
  readonly offshoring: Offshoring
  readonly links: Links
  readonly accounts: Accounts
}

/**
 * Raw files of simulated links in folder `out`, and their `truth.json`, which is also returned. Same options, same bytes.
 *
 * @example const truth = await simulateJapan({ links: 20_000, seed: 2010, values: true, out: 'data/japan' })
 */
export async function simulateJapan({ out, ...options }: JapanOptions & { readonly out: string }): Promise<JapanTruth> {
  const draw = drawJapan(options)
  const { settings, planted, firms, links } = draw
  const dirt: PlantedDirt<JapanDirtKind>[] = []
  const written = [...writeTables(out, planted)]
  const reports = years.map((_, year) => {
    const own = reportsOf(draw, year)
    const note = (planted: PlantedDirt<JapanDirtKind>): number => dirt.push(planted)
    written.push(writeFirms(out, draw, year, note), writeLinks(out, draw, own, year, note), ...writeSurvey(out, draw, year, note))
    return countReports(own, year)
  })
  const truth: JapanTruth = {
    survey: 'japan',
    seed: settings.seed,
    firms: settings.firms,
    links: settings.links,
    years,
    values: settings.values,
    ...(settings.setting !== 'baseline' && { setting: settings.setting }),
    industries: plantedIndustries(planted),
    parameters: plantedParameters(planted, draw.level),
    reports,
    changes: countChanges(links.years, firms.count),
    offshoring: countOffshoring(draw),
    notes: japanNotes(settings.values),
    rows: Object.fromEntries(written.map(({ name, rows }) => [name, rows])),
    dirt,
  }
  await writeFiles(out, new Map([['truth.json', Buffer.from(`${JSON.stringify(truth, undefined, 1)}\n`)]]))
  return truth
}

/**
 * The survey behind the files as typed arrays: firms, foreign sources, links of both years and accounts. Throws `SimulationError` for
 * options out of range.
 *
 * @example const { firms, links } = drawJapan({ links: 50_000, seed: 7 })
 */
export function drawJapan(options: JapanOptions = {}): JapanDraw {
  const settings = checked(options)
  const { seed, setting, exponent } = settings
  const planted = plantedBy(setting, exponent)
  const level = solveLevel(planted, settings.firms, settings.links)
  const firms = drawFirms(settings.firms, seed)
  const offshoring = decideOffshoring(planted, firms, seed)
  const links = drawLinks(planted, firms, offshoring, level, seed)
  return { settings, planted, level, firms, offshoring, links, accounts: keepAccounts(planted, firms, links, offshoring, seed) }
}

/** What both sides report of the links of a year (0 or 1). */
export function reportsOf(draw: JapanDraw, year: number): Reports {
  const { settings, firms, links } = draw
  const values = linkValues(draw, year)
  return drawReports(links.years[year]!, values, firms.count, year, settings.seed)
}

/** Below it an industry of intermediates may have no firm. */
const fewestFirms = 500
/** Codes have nine digits, some of them for partners that no firm is. */
const mostFirms = 20_000_000

function checked({ exponent, ...options }: JapanOptions): JapanSettings {
  const firms = options.firms ?? Math.round((options.links ?? 50_000) / 5)
  const links = options.links ?? 5 * firms
  const settings = {
    seed: options.seed ?? 1, values: options.values ?? false, dirt: options.dirt ?? true, firms, links,
    setting: options.setting ?? 'baseline', ...(exponent !== undefined && { exponent }),
  }
  const demand = (holds: boolean, what: string, remedy: string): void => {
    if (!holds) throw new ReshoreError('SimulationError', what, remedy, 2)
  }
  const whole = Number.isSafeInteger
  const between = `at least ${fewestFirms}, at most ${mostFirms}`
  demand(whole(firms) && firms >= fewestFirms && firms <= mostFirms, `firms is ${firms}`, `Ask for a whole number of firms, ${between}.`)
  demand(whole(links) && links >= firms / 2 && links <= 20 * firms, `links is ${links} with ${firms} firms`, 'Ask for a half to twenty links a firm.')
  demand(japanSettings.includes(settings.setting), `there is no setting \`${settings.setting}\``, `Allowed: ${japanSettings.join(', ')}.`)
  demand(exponent === undefined || (exponent > 0 && exponent <= largestExponent), `exponent is ${exponent}`, `Ask for a number above zero, at most ${largestExponent}.`)
  demand(whole(settings.seed), `seed is ${settings.seed}`, 'Give a whole number.')
  return settings
}
