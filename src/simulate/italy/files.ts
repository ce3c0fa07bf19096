/**
 * The raw files as a data room would hold them: one survey file a year, the company accounts and the areas; semicolons,
 * European numbers (`117.505`, `0,981`), Italian column names. Text only: `writeItaly` encodes and writes.
 */
import { writeToString } from 'fast-csv'
import { randomStream } from '../../numerics/random.js'
import type { Companies } from './accounts.js'
import type { Choices } from './choices.js'
import type { Costs } from './costs.js'
import { destinations, firstYear, sectorCodes, yearCount } from './parameters.js'
import type { Population } from './population.js'
import { labourAreas, provinces } from './territory.js'

/** Lines of a file, the header first, without line ends. */
export interface RawFile {
  readonly name: string
  readonly lines: readonly string[]
}

export const surveyColumns: readonly string[] = [
  'codice', 'anno', 'ateco', 'provincia', 'sll', 'comune', 'addetti', 'ricavi', 'valore_aggiunto', 'costo_lavoro', 'quota_export',
  'mercato', 'credito', 'terzista', 'utile', 'roi', 'sub_italia', 'sub_europa', 'sub_nordafrica', 'sub_estasia', 'sub_altri',
]
export const accountsColumns: readonly string[] = [
  'societa', 'anno', 'ateco', 'provincia', 'regione', 'ricavi', 'addetti',
  'controllate_europa', 'controllate_nordafrica', 'controllate_estasia', 'controllate_altri',
]
const areaColumns: readonly string[] = [
  'sll', 'denominazione', 'provincia', 'nome_provincia', 'regione', 'latitudine', 'longitudine', 'distretto', 'imprese_migranti',
]

/** What the survey files are written from. */
export interface SurveyArrays {
  readonly population: Population
  readonly choices: Choices
  readonly costs: Costs
}

/** The firm's code in the files. */
export const firmCode = (firm: number): string => `S${String(firm + 1).padStart(5, '0')}`

/** Lines of the survey file of year index `year`: the firms observed that year, in firm order. */
export async function surveyFile(survey: SurveyArrays, year: number): Promise<RawFile> {
  const { firms, observed } = survey.population
  const rows: string[][] = []
  for (let firm = 0; firm < firms; firm++) {
    if (observed[firm * yearCount + year] === 1) rows.push(surveyRow(survey, firm, year))
  }
  return rawFile(`survey_${firstYear + year}.csv`, surveyColumns, rows)
}

function surveyRow({ population, choices, costs }: SurveyArrays, firm: number, year: number): string[] {
  const at = firm * yearCount + year
  const area = labourAreas[population.area[firm]!]!
  const abroad = (place: number): string => (choices.active[at] === 1 ? european(costs.foreign[at * destinations.length + place]!) : '0')
  return [
    firmCode(firm), String(firstYear + year), sectorCodes[population.sector[firm]!]!, area.province, area.code, area.name,
    european(population.employees[at]!), european(costs.turnover[at]!), european(population.valueAdded[at]!),
    european(population.wageBill[at]!), european(population.exportShare[at]!, 3),
    String(population.marketExtension[at]), String(population.credit[at]), String(population.supplier[firm]),
    european(costs.profit[at]!), european(population.roi[at]!, 1), european(costs.italian[at]!), ...destinations.map((_, place) => abroad(place)),
  ]
}

/** Lines of the accounts file: every company in every year. */
export async function accountsFile(companies: Companies): Promise<RawFile> {
  const rows: string[][] = []
  for (let at = 0; at < companies.count * yearCount; at++) {
    const company = Math.floor(at / yearCount)
    const province = provinces[companies.province[company]!]!
    rows.push([
      `C${String(company + 1).padStart(4, '0')}`, String(firstYear + (at % yearCount)), sectorCodes[companies.sector[company]!]!,
      province.code, province.region, european(companies.turnover[at]!), european(companies.employees[at]!),
      ...destinations.map((_, place) => String(companies.subsidiaries[at * destinations.length + place])),
    ])
  }
  return rawFile('accounts.csv', accountsColumns, rows)
}

/** Lines of the area file: every labour area with its province, and the migrant firms of that province. */
export async function areasFile(migrantFirms: Int32Array): Promise<RawFile> {
  const rows = provinces.flatMap((province, index) => province.areas.map((area) => [
    area.code, area.name, province.code, province.name, province.region, european(province.latitude, 2), european(province.longitude, 2),
    area.district === null ? '0' : '1', european(migrantFirms[index]!),
  ]))
  return rawFile('areas.csv', areaColumns, rows)
}

/** Firms owned by migrants in each province. */
export function drawMigrantFirms(seed: number): Int32Array {
  return Int32Array.from(provinces, ({ code, weight }) => {
    const size = randomStream(seed, 'survey', 'migrants', code).normal()
    return Math.round(180 * weight * Math.exp(0.6 * size))
  })
}

async function rawFile(name: string, columns: readonly string[], rows: string[][]): Promise<RawFile> {
  const text = await writeToString(rows, { delimiter: ';', headers: [...columns], rowDelimiter: '\n' })
  return { name, lines: text.split('\n') }
}

/** A number with dots between thousands and a decimal comma. */
export function european(value: number, decimals = 0): string {
  const [whole, fraction] = value.toFixed(decimals).split('.')
  const grouped = whole!.length < 4 ? whole! : whole!.replace(/\B(?=(\d{3})+$)/g, '.')
  return fraction === undefined ? grouped : `${grouped},${fraction}`
}
