/** The survey read back from its raw files without any code of ours: lags, means and neighbours as a reader of the files finds them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

type Cells = Readonly<Record<string, string>>

interface FirmYear {
  readonly firm: number
  readonly active: boolean
  readonly cells: Cells
  readonly x: Readonly<Record<string, number>>
}

/** A row of the outcome equation: covariates of the year before, named as in truth.json. */
export interface EquationRow {
  readonly firm: number
  readonly y: number
  readonly wasActive: boolean
  readonly outcome: Readonly<Record<string, number>>
  readonly exit: Readonly<Record<string, number>>
}

export const timeVarying = ['exportShare', 'marketExtension', 'credit', 'valueAddedPerEmployee', 'employees'] as const
const years = [2005, 2006, 2007, 2008, 2009, 2010, 2011, 2012]

const number = (text: string): number => Number(text.replaceAll('.', '').replace(',', '.'))

async function readRows(path: string): Promise<Cells[]> {
  const [header, ...lines] = (await readFile(path)).toString('latin1').trimEnd().split('\n').map((line) => line.split(';'))
  return lines.map((cells) => Object.fromEntries(header!.map((name, index) => [name, cells[index]!])))
}

function firmYear(cells: Cells): FirmYear {
  const value = (name: string): number => number(cells[name]!)
  const foreign = value('sub_europa') + value('sub_nordafrica') + value('sub_estasia') + value('sub_altri')
  return {
    firm: Number(cells.codice!.slice(1)) - 1, active: foreign > 0, cells,
    x: {
      exportShare: value('quota_export'), marketExtension: value('mercato'), credit: value('credito'), employees: value('addetti'),
      valueAddedPerEmployee: value('valore_aggiunto') / value('addetti') / 1000,
      foreignShare: foreign === 0 ? 0 : (100 * foreign) / (foreign + value('sub_italia')), profits: value('utile') > 0 ? 1 : 0,
      wagePerEmployee: value('costo_lavoro') / value('addetti') / 1000, roi: value('roi'), supplier: value('terzista'),
    },
  }
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** Rows of the outcome equation of a survey without dirt. */
export async function readEquationRows(folder: string): Promise<EquationRow[]> {
  const areas = await readRows(join(folder, 'areas.csv'))
  const regionOf = new Map(areas.map((row) => [row.provincia!, row.regione!]))
  const districtOf = new Map(areas.map((row) => [row.sll!, Number(row.distretto)]))
  const owners = (await readRows(join(folder, 'accounts.csv'))).filter((row) => Object.entries(row).some(([name, cell]) => name.startsWith('controllate') && cell !== '0'))
  const investors = countBy(owners.map((row) => `${row.provincia} ${row.anno}`))
  const surveys = await Promise.all(years.map(async (year) => (await readRows(join(folder, `survey_${year}.csv`))).map(firmYear)))
  const byCode = surveys.map((rows) => new Map(rows.map((row) => [row.cells.codice!, row])))
  const activeIn = surveys.map((rows) => countBy(rows.filter(({ active }) => active).map(({ cells }) => cells.provincia!)))
  return surveys[0]!.flatMap((first) => firmRows(first, byCode.map((year) => year.get(first.cells.codice!)), (before, t) => {
    const { provincia, sll, ateco } = before.cells
    return {
      district: districtOf.get(sll!)!, footwear: ateco === '15' ? 1 : 0, [`region ${regionOf.get(provincia!)}`]: 1,
      fdiNeighbours: investors.get(`${provincia} ${years[t]}`) ?? 0,
      offshoringNeighbours: (activeIn[t]!.get(provincia!) ?? 0) - (before.active ? 1 : 0),
    }
  }))
}

function firmRows(first: FirmYear, own: readonly (FirmYear | undefined)[], surroundings: (before: FirmYear, t: number) => Record<string, number>): EquationRow[] {
  const used = years.flatMap((_, t) => (t > 0 && own[t] !== undefined && own[t - 1] !== undefined ? [t] : []))
  const mean = (name: string): number => used.reduce((sum, t) => sum + own[t - 1]!.x[name]!, 0) / used.length
  const means = Object.fromEntries(timeVarying.map((name) => [`mean ${name}`, mean(name)]))
  let neighboursAtStart = NaN
  return used.map((t) => {
    const before = own[t - 1]!
    const y = own[t]!.active ? 1 : 0
    const around = surroundings(before, t - 1)
    if (own[t - 2] === undefined) neighboursAtStart = NaN
    const exit = { ...before.x, offshoringNeighbours: neighboursAtStart }
    if (!before.active) neighboursAtStart = y === 1 ? around.offshoringNeighbours! : NaN
    const current = Object.fromEntries(timeVarying.map((name) => [name, before.x[name]!]))
    const outcome = { intercept: 1, initial: first.active ? 1 : 0, lag: before.active ? 1 : 0, supplier: before.x.supplier!, ...current, ...means, ...around }
    return { firm: first.firm, y, wasActive: before.active, outcome, exit }
  })
}
