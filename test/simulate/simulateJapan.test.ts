import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, describe, expect, it } from 'vitest'
import { drawJapan, reportsOf, simulateJapan } from '../../src/simulate/index.js'
import { firmCode } from '../../src/simulate/japan/files.js'
import { gazetteer } from '../../src/simulate/japan/gazetteer.js'
import {
  baseline, communicationElasticity, communicationLevel, costShare, industries, japanSettings, largestExponent, medianSales, partnerCap,
  plantedBy, potentialElasticity, shippingElasticity, slots, supplierElasticity,
} from '../../src/simulate/japan/parameters.js'
import { logPotential, placeWeight } from '../../src/simulate/japan/suppliers.js'
import { sourcingPotential } from '../../src/sourcing/suppliers/index.js'
import { domesticShare } from './domesticShare.js'

const options = { firms: 1000, links: 5000, seed: 4 } as const
const folders: string[] = []
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'reshore-japan-'))
  folders.push(path)
  return path
}
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true })))

const contents = (path: string): Map<string, Buffer> => new Map(readdirSync(path).sort().map((name) => [name, readFileSync(join(path, name))]))

const { inputs } = baseline

describe('files of simulated links', () => {
  it('are the same bytes for the same options and others for another seed', async () => {
    const [first, second, other] = [folder(), folder(), folder()]
    await simulateJapan({ ...options, out: first })
    await simulateJapan({ ...options, out: second })
    const truth = await simulateJapan({ ...options, seed: 5, out: other })
    expect(contents(first)).toEqual(contents(second))
    expect(contents(first).get('links_2005.csv')).not.toEqual(contents(other).get('links_2005.csv'))
    expect(JSON.parse(readFileSync(join(first, 'truth.json'), 'utf8')).parameters).toEqual(truth.parameters)
  })

  it('without the added lines, and but for digits and municipalities, are those without dirt', async () => {
    const [dirty, clean] = [folder(), folder()]
    const truth = await simulateJapan({ ...options, values: true, out: dirty })
    await simulateJapan({ ...options, values: true, dirt: false, out: clean })
    expect(new Set(truth.dirt.map(({ kind }) => kind)).size).toBe(6)
    for (const [name, bytes] of contents(clean)) {
      if (!name.endsWith('.csv')) continue
      const own = truth.dirt.filter(({ file }) => file === name)
      const added = new Set(own.filter(({ kind }) => !['full-width-digits', 'missing-municipality'].includes(kind)).map(({ line }) => line))
      const touched = new Set(own.map(({ line }) => line))
      const cleanLines = iconv.decode(bytes, 'shift_jis').split('\r\n')
      const left = iconv.decode(readFileSync(join(dirty, name)), 'shift_jis').split('\r\n').flatMap((line, index) => (added.has(index + 1) ? [] : [{ line, number: index + 1 }]))
      expect(left.length, name).toBe(cleanLines.length)
      const untouched = (_: unknown, index: number): boolean => !touched.has(left[index]!.number)
      expect(left.map(({ line }) => line).filter(untouched)).toEqual(cleanLines.filter(untouched))
      left.forEach(({ line, number }, index) => {
        if (!touched.has(number)) return
        if (line.includes(',,')) expect(line.split(',').toSpliced(2, 1)).toEqual(cleanLines[index]!.split(',').toSpliced(2, 1))
        else expect(line.normalize('NFKC')).toBe(cleanLines[index]!.normalize('NFKC'))
      })
    }
  })

  it('have codes of nine digits, all different, and Japanese text', async () => {
    const out = folder()
    await simulateJapan({ ...options, dirt: false, out })
    const lines = iconv.decode(readFileSync(join(out, 'firms_2005.csv')), 'shift_jis').trimEnd().split('\r\n').slice(1)
    const codes = lines.map((line) => line.split(',')[0]!)
    expect(lines.length).toBe(options.firms)
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.every((code) => /^\d{9}$/.test(code)) && codes.some((code) => code.startsWith('0'))).toBe(true)
    expect(lines[0]).toContain('会社')
    expect(firmCode(0)).not.toBe(firmCode(1))
  })

  it('name what is wrong with the options', () => {
    expect(() => drawJapan({ firms: 3 })).toThrow(/firms is 3/)
    expect(() => drawJapan({ firms: 1000, links: 100 })).toThrow(/links is 100 with 1000 firms/)
    expect(() => drawJapan({ seed: 0.5 })).toThrow(/seed is 0.5/)
    expect(() => drawJapan({ exponent: 1.6 })).toThrow(/exponent is 1.6/)
    expect(() => drawJapan({ setting: 'open' as 'opening' })).toThrow(/no setting `open`/)
  })
})

describe('the planted model', () => {
  it('has exponents on both sides of one that are cost shares times (sigma - 1)/theta, and shares below one', () => {
    expect(inputs.filter(({ exponent }) => exponent < 1).length).toBe(inputs.filter(({ exponent }) => exponent > 1).length)
    const all = japanSettings.flatMap((setting) => [plantedBy(setting), plantedBy(setting, largestExponent)])
    for (const { inputs: bought } of industries) {
      expect(new Set(bought).size).toBe(slots)
      for (const planted of all) expect(bought.reduce((sum, k) => sum + costShare(planted, k), 0)).toBeLessThan(1)
    }
  })

  it('has the potentials of sourcing/suppliers: communication and shipping make eta', () => {
    inputs.forEach((input, k) => {
      const industry = {
        shape: input.shape, differentiation: input.differentiation, shippingElasticity,
        communication: { level: communicationLevel, distanceElasticity: communicationElasticity },
      }
      const potential = (distance: number): number => Math.log(sourcingPotential(industry, { technology: 1, wage: 1, distance }))
      for (const km of [5, 80, 1900]) expect(potential(km) - potential(1)).toBeCloseTo(logPotential(baseline, k, 0, Math.log(km)) - logPotential(baseline, k, 0, 0), 10)
      expect(potential(Math.E) - potential(1)).toBeCloseTo(-potentialElasticity(baseline, k), 10)
    })
  })
})

// Where every e_k is above one, buyers abroad have more links than the formula of the level counts.
const drawn = [['a drawn survey', {}, 0.2], ['a survey of the opening setting', { setting: 'opening' }, 0.2], ['a survey with one exponent', { exponent: 1.5 }, 0.5]] as const

describe.each(drawn)('%s', (_, parameters, about) => {
  const draw = drawJapan({ links: 20_000, seed: 3, ...parameters })
  const { planted, firms, links, offshoring, accounts } = draw

  it('has about the links asked for, none twice and none with oneself or a firm that is not there', () => {
    expect(Math.abs(links.years[0].buyer.length / 20_000 - 1)).toBeLessThan(about)
    links.years.forEach(({ buyer, supplier, slot }, year) => {
      expect(new Set(buyer.map((n, link) => n * firms.count + supplier[link]!)).size).toBe(buyer.length)
      const misfits = [...buyer.keys()].filter((link) => {
        const [n, s] = [buyer[link]!, supplier[link]!]
        return !(n !== s && firms.present[2 * n + year]! & firms.present[2 * s + year]! && industries[firms.industry[n]!]!.inputs[slot[link]!] === firms.industry[s])
      })
      expect(misfits).toEqual([])
    })
  })

  it('has links as likely as the fixed costs say, near and far', () => {
    // Every pair of 2005 by its index: observed links against the sum of logistic probabilities.
    const { municipalities, logDistance } = gazetteer()
    const [found, expected, variance] = [new Float64Array(6), new Float64Array(6), new Float64Array(6)]
    const suppliers = planted.inputs.map((_, k) => [...firms.industry.keys()].filter((n) => firms.industry[n] === k && firms.present[2 * n] === 1))
    const band = (km: number): number => Math.min(5, Math.floor(km))
    const logKm = (n: number, s: number): number => logDistance[firms.municipality[n]! * municipalities.length + firms.municipality[s]!]!
    for (let n = 0; n < firms.before; n++) {
      industries[firms.industry[n]!]!.inputs.forEach((k, slot) => {
        const gain = Math.log(accounts.sales[2 * n]! / medianSales) - Math.log(links.capability[2 * n * slots + slot]!) + Math.log(planted.inputs[k]!.exponent)
        for (const s of suppliers[k]!) {
          if (s === n) continue
          const own = supplierElasticity(planted, k) * Math.log(accounts.sales[2 * s]! / medianSales)
          const p = 1 / (1 + Math.exp(-((gain + own - draw.level) / planted.noiseScale + placeWeight(planted, k, logKm(n, s)))))
          const at = band(logKm(n, s))
          expected[at]! += p
          variance[at]! += p * (1 - p)
        }
      })
    }
    links.years[0].buyer.forEach((n, link) => found[band(logKm(n, links.years[0].supplier[link]!))]!++)
    // The index holds the realised set itself; four standard deviations and a hundredth.
    expected.forEach((sum, at) => expect(Math.abs(found[at]! - sum)).toBeLessThan(4 * Math.sqrt(variance[at]!) + 0.01 * sum))
  })

  it('moves sales by e_k times what domestic shares fall by, and the own shock', () => {
    let importers = 0
    for (let n = 0; n < firms.before; n++) {
      if (offshoring.row[n]! < 0 || firms.present[2 * n + 1] === 0) continue
      const channel = industries[firms.industry[n]!]!.inputs.map((k, slot) =>
        planted.inputs[k]!.exponent * Math.log(domesticShare(links, offshoring, n, 0, slot) / domesticShare(links, offshoring, n, 1, slot)))
      const own = firms.logScale[2 * n + 1]! - firms.logScale[2 * n]!
      const change = Math.log(accounts.sales[2 * n + 1]! / accounts.sales[2 * n]!)
      expect(Math.abs(change - own - channel.reduce((a, b) => a + b, 0))).toBeLessThan(0.02)
      if (channel.some((part) => Math.abs(part) > 0.05)) importers++
    }
    expect(importers).toBeGreaterThan(50)
  })

  it('loses links to the caps of both sides only', () => {
    const { buyerRank, supplierRank, byBuyer, bySupplier } = reportsOf(draw, 0)
    const size = ({ start }: typeof byBuyer, n: number): number => start[n + 1]! - start[n]!
    const { buyer, supplier } = links.years[0]
    const [beyond, unexplained]: number[][] = [[], []]
    buyer.forEach((n, link) => {
      if (Math.max(buyerRank[link]!, supplierRank[link]!) > partnerCap) beyond!.push(link)
      const lost = buyerRank[link] === 0 && supplierRank[link] === 0
      if (lost && Math.min(size(byBuyer, n), size(bySupplier, supplier[link]!)) <= partnerCap) unexplained!.push(link)
    })
    expect({ beyond, unexplained }).toEqual({ beyond: [], unexplained: [] })
  })
})
