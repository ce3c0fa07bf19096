/** Published shift-share numbers on the data of Autor, Dorn and Hanson (2013); skipped where the public data are absent. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tableFromArrays } from 'apache-arrow'
import { beforeAll, describe, expect, it } from 'vitest'
import { iv, ols, shiftShare, shiftShareInference, shockLevelRegression, stdErrors, type ShiftShareDesign } from '../../../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../../../src/estimate/records.js'
import { readTable } from '../../../../src/ingest/index.js'
import { sharedData } from '../../../sharedData.js'

interface Published { readonly pValue: number; readonly conf: readonly [number, number] }
interface Equation { readonly outcome: string; readonly estimate?: number; readonly akm?: Published; readonly akm0?: Published; readonly akmClusters?: Published; readonly akm0Clusters?: Published }
const published = JSON.parse(readFileSync(new URL('../../../../fixtures/reference/shiftShare/adh.json', import.meta.url), 'utf8')) as Record<string, Equation> & {
  readonly controls: string
  readonly weakFirstStage: { estimate: number; pValue: number; rays: [number, number]; level: number; divisionsFrom: number }
  readonly rotemberg: { readonly top: readonly { shock: string; g: number; alpha: number; beta: number }[] }
  readonly wholeLine: { estimate: number; pValue: number; divisionsUpTo: number }
}
/** They are given to 15 decimals; the shares' normal equations keep fewer. */
const digits = 1e-10

const folder = sharedData('adh_shift_share')

describe.skipIf(folder === undefined)('shift-share inference on Autor, Dorn and Hanson', () => {
  let zones: ArrowTable
  let shares: ShiftShareDesign['shares']
  let industries: ArrowTable

  beforeAll(async () => {
    const read = (name: string) => readTable(join(folder!, name))
    const plain = await read('adh_reg.csv')
    zones = plain.assign(tableFromArrays({ row: Int32Array.from({ length: plain.numRows }, (_, i) => i + 1) }) as ArrowTable)
    const numbers = (table: ArrowTable, name: string): number[] => Array.from(table.getChild(name)!, Number)
    // Two of the zones have no share at all.
    shares = { table: await read('adh_w_sparse.csv'), unit: 'row', shock: 'col', share: 'share', absent: 'zero' }
    const sic = await read('adh_sic.csv')
    industries = tableFromArrays({ col: Int32Array.from(numbers(sic, 'col')), sic3: Int32Array.from(numbers(sic, 'sic'), (code) => Math.floor(code / 10)) }) as ArrowTable
  })

  const design = (clustered: boolean): ShiftShareDesign => ({ variable: 'IV', unit: 'row', shares, ...(clustered && { shocks: { table: industries, shock: 'col', cluster: 'sic3' } }) })
  const reduced = (outcome: string, table = zones): Fit => ols(`${outcome} ~ IV + ${published.controls}`, table, { weights: 'weights' })
  const close = (value: number, wanted: number): void => expect(Math.abs(value - wanted)).toBeLessThan(digits)

  function agree(fit: Fit, equation: Equation): void {
    for (const clustered of [false, true]) {
      const [akm, akm0] = clustered ? [equation.akmClusters, equation.akm0Clusters] : [equation.akm, equation.akm0]
      if (!akm || !akm0) continue
      const found = shiftShareInference(fit, zones, design(clustered))
      expect(found).toMatchObject(clustered ? { shocks: 770, clusters: 136 } : { shocks: 770, clusters: 770 })
      if (equation.estimate !== undefined) close(found.estimate, equation.estimate)
      close(found.akm.pValue, akm.pValue)
      close(found.akm.conf[0], akm.conf[0])
      close(found.akm.conf[1], akm.conf[1])
      close(found.akm0.pValue, akm0.pValue)
      expect(found.akm0.set.shape).toBe('interval')
      close(found.akm0.set.low, akm0.conf[0])
      close(found.akm0.set.high, akm0.conf[1])
    }
  }

  it.each(['firstStage', 'reducedForm', 'reducedFormManufacturing'])('gives the published AKM and AKM0 inference: %s', (name) => {
    const equation = published[name]!
    agree(reduced(equation.outcome), equation)
  })

  it.each(['iv', 'ivManufacturing'])('gives them for the instrumented equation: %s', (name) => {
    const equation = published[name]!
    agree(iv(`${equation.outcome} ~ ${published.controls} | shock ~ IV`, zones, { weights: 'weights' }), equation)
  })

  it('gives them inside iv: the first stage under AKM, the Anderson–Rubin set under AKM0', () => {
    for (const clustered of [false, true]) {
      const equation = published[clustered ? 'iv' : 'ivManufacturing']!
      const fit = iv(`${equation.outcome} ~ ${published.controls} | shock ~ IV`, zones, { weights: 'weights', vcov: shiftShare(design(clustered)) })
      const { firstStages: [stage], andersonRubin } = fit.detail
      const { conf } = published.firstStage![clustered ? 'akmClusters' : 'akm']!
      close(stage!.instruments[0]!.stdError, (conf[1] - conf[0]) / (2 * 1.959963984540054))
      const akm0 = equation[clustered ? 'akm0Clusters' : 'akm0']!
      close(andersonRubin!.chiSquared.pValue, akm0.pValue)
      akm0.conf.forEach((end, i) => close(andersonRubin!.confidenceSet!.intervals[0]![i]!, end))
    }
  })

  it('gives the published Rotemberg weights, on the vintage of shares they were made with', async () => {
    const read = (name: string) => readTable(join(folder!, name))
    const [master, local, global] = await Promise.all([read('gpss_adh_master.csv'), read('gpss_adh_local_nonzero.csv'), read('gpss_adh_global.csv')])
    const id = (table: ArrowTable, ...names: string[]): string[] => {
      const columns = names.map((name) => table.getChild(name)!)
      return Array.from({ length: table.numRows }, (_, row) => columns.map((column) => String(column.get(row))).join(' '))
    }
    const numbers = (table: ArrowTable, name: string): Float64Array => Float64Array.from(table.getChild(name)!, Number)
    const growth = new Map(id(global, 'year', 'ind').map((shock, row) => [shock, numbers(global, 'trade_')[row]!]))
    const [unit, shock, share] = [id(local, 'year', 'czone'), id(local, 'year', 'ind'), numbers(local, 'sh_ind_')]
    const z = new Map<string, number>()
    unit.forEach((zone, row) => z.set(zone, (z.get(zone) ?? 0) + share[row]! * growth.get(shock[row]!)!))
    const ids = id(master, 'year', 'czone')
    const all = master.assign(tableFromArrays({ zone: ids, z: Float64Array.from(ids, (zone) => z.get(zone) ?? 0) }) as ArrowTable)
    const layout: ShiftShareDesign = {
      variable: 'z', unit: 'zone',
      shares: { table: tableFromArrays({ unit, shock, share }) as ArrowTable, unit: 'unit', shock: 'shock', share: 'share', absent: 'zero' },
      shocks: { table: tableFromArrays({ shock: [...growth.keys()], g: Float64Array.from(growth.values()) }) as ArrowTable, shock: 'shock', value: 'g' },
    }
    const controls = 'reg_midatl + reg_encen + reg_wncen + reg_satl + reg_escen + reg_wscen + reg_mount + reg_pacif + l_sh_popedu_c + l_sh_popfborn + l_sh_empl_f + l_sh_routine33 + l_task_outsource + t2 + l_shind_manuf_cbp'
    const fit = iv(`d_sh_empl_mfg ~ ${controls} | d_tradeusch_pw ~ z`, all, { weights: 'timepwt48' })
    const found = shockLevelRegression(fit, all, layout)
    expect(Math.abs(found.estimate / fit.coefficients[fit.terms.length - 1]! - 1)).toBeLessThan(1e-10)
    const order = [...found.rotemberg.keys()].sort((a, b) => found.rotemberg[b]! - found.rotemberg[a]!)
    published.rotemberg.top.forEach((row, rank) => {
      const s = order[rank]!
      expect(found.shocks[s]).toBe(row.shock)
      expect(found.value[s]).toBeCloseTo(row.g, 3)
      expect(found.rotemberg[s]).toBeCloseTo(row.alpha, 3)
      expect(found.justIdentified[s]).toBeCloseTo(row.beta, 3)
    })
  })

  it('gives them as covariances too, and says that incomplete shares are not controlled for', () => {
    const { akm, akm0 } = published.reducedFormManufacturing!
    const fit = (method: 'akm' | 'akm0') => ols(`d_sh_empl_mfg ~ IV + ${published.controls}`, zones, { weights: 'weights', vcov: shiftShare({ ...design(false), method }) })
    const half = ([low, high]: readonly [number, number]): number => (high - low) / (2 * 1.959963984540054)
    close(stdErrors(fit('akm'))[1]!, half(akm!.conf))
    close(stdErrors(fit('akm0'))[1]!, half(akm0!.conf))
    const notes = fit('akm0').notes.map(({ text }) => text).join(' ')
    expect(notes).toContain('do not sum to one and their sum is not among the controls')
    expect(notes).toContain('2 units have no shares and count as exposed to nothing.')
    const estimate = (akm!.conf[0] + akm!.conf[1]) / 2
    expect(notes).toContain(`The 95 % AKM0 set of \`IV\` reaches from ${(estimate - akm0!.conf[0]).toPrecision(6)} below the estimate to ${(akm0!.conf[1] - estimate).toPrecision(6)} above`)
  })

  /** Rows of some census divisions. */
  function divisions(keep: (division: number) => boolean): ArrowTable {
    const division = Array.from(zones.getChild('division')!, Number)
    const rows = division.flatMap((value, row) => (keep(value) ? [row] : []))
    return tableFromArrays(Object.fromEntries(zones.schema.fields.map(({ name }) => {
      const values = zones.getChild(name)!
      return [name, rows.map((row): unknown => values.get(row))]
    }))) as ArrowTable
  }

  it('says what an unbounded AKM0 set is: two rays, the whole line', () => {
    const { weakFirstStage: weak, wholeLine } = published
    const west = divisions((division) => division >= weak.divisionsFrom)
    const rays = shiftShareInference(reduced('shock', west), west, design(false), { level: weak.level })
    expect(rays.estimate).toBeCloseTo(weak.estimate, 6)
    expect(rays.akm0.set.shape).toBe('rays')
    expect(rays.akm0.set.low).toBeCloseTo(weak.rays[0], 4)
    expect(rays.akm0.set.high).toBeCloseTo(weak.rays[1], 6)
    expect(rays.akm0.pValue).toBeCloseTo(weak.pValue, 7)
    expect(rays.akm0.stdError).toBeUndefined()

    const east = divisions((division) => division <= wholeLine.divisionsUpTo)
    const line = shiftShareInference(reduced('shock', east), east, design(false))
    expect(line.estimate).toBeCloseTo(wholeLine.estimate, 6)
    expect(line.akm0).toMatchObject({ set: { shape: 'line', low: -Infinity, high: Infinity } })
    expect(line.akm0.pValue).toBeCloseTo(wholeLine.pValue, 6)
    expect(() => ols(`shock ~ IV + ${published.controls}`, east, { weights: 'weights', vcov: shiftShare({ ...design(false), method: 'akm0' }) }))
      .toThrow('the 95 % AKM0 set of `IV` is the whole line')
  })
})
