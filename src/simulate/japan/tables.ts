/** The small raw files: municipalities, industries, products, input shares, import use, countries, base imports, world exports. */
import iconv from 'iconv-lite'
import { randomStream } from '../../numerics/index.js'
import { writeBlockFile } from '../blockFile.js'
import type { WrittenFile } from './files.js'
import { gazetteer } from './gazetteer.js'
import { costShare, industries, years, type Planted } from './parameters.js'
import { regions } from './prefectures.js'
import { countries, world, worldRegions } from './world.js'

/** A row as texts and numbers, numbers with nine decimals at most. */
type Row = readonly (string | number)[]

const concordanceVersions = ['2000', '2007'] as const

/** Writes every file that does not depend on the seed; returns their rows. */
export function writeTables(folder: string, planted: Planted): readonly WrittenFile[] {
  const { inputs } = planted
  const { municipalities } = gazetteer()
  const { products, importUse, baseImports, exports, toJapan } = world(planted)
  const table = (name: string, header: readonly string[], rows: readonly Row[]): WrittenFile => {
    writeBlockFile(folder, name, header, (file) => {
      for (const row of rows) {
        for (const cell of row) {
          if (typeof cell === 'number') file.number(cell, 9)
          else file.bytes(iconv.encode(cell, 'shift_jis'))
        }
        file.endLine()
      }
    })
    return { name, rows: rows.length }
  }
  const cells = countries.flatMap(({ code }, c) =>
    products.map((product, p) => ({ country: code, product: product.code, at: c * products.length + p })))
  return [
    table('municipalities.csv', ['municipality', 'name', 'prefecture', 'region', 'latitude', 'longitude', 'area'],
      municipalities.map(({ code, name, prefecture, region, latitude, longitude, area }) =>
        [code, name, prefecture, regions[region]!, latitude, longitude, area])),
    table('industries.csv', ['industry', 'name', 'contract_intensity'], industries.map(({ code, name }, g) => [code, name, contractIntensity(planted, g)])),
    table('products.csv', ['product', 'industry', 'weight', 'conservative', 'liberal', 'version'],
      concordanceVersions.flatMap((version) => products.map(({ code, input, weight, conservative, liberal }) =>
        [code, inputs[input]!.code, version === '2000' ? weight : Number((1.1 * weight).toFixed(3)), conservative, liberal, version]))),
    table('input_shares.csv', ['industry', 'input_industry', 'share'],
      industries.flatMap(({ code, inputs: bought }) => bought.map((k) => [code, inputs[k]!.code, costShare(planted, k)]))),
    table('import_use.csv', ['industry', 'product', 'share'], industries.flatMap(({ code }, g) =>
      products.flatMap((product, p) => {
        const share = importUse[g * products.length + p]!
        return share > 0 ? [[code, product.code, share]] : []
      }))),
    table('countries.csv', ['country', 'region', 'latitude', 'longitude'],
      countries.map(({ code, region, latitude, longitude }) => [code, worldRegions[region]!, latitude, longitude])),
    table('base_imports.csv', ['country', 'product', 'imports'], cells.map(({ country, product, at }) => [country, product, baseImports[at]!])),
    table('world_exports.csv', ['country', 'product', 'year', 'exports', 'to_japan'], years.flatMap((year, t) => cells.map(({ country, product, at }) => {
      const cell = t * countries.length * products.length + at
      return [country, product, String(year), Number((exports[cell]! + toJapan[cell]!).toFixed(3)), toJapan[cell]!]
    }))),
  ]
}

/** Follows the differentiation of intermediates with an error; final goods have a value of their own. */
function contractIntensity({ inputs }: Planted, g: number): number {
  const noise = randomStream(30, 'contract intensity', g).normal()
  const mean = g < inputs.length ? inputs[g]!.differentiation / 1.5 : 0.5
  return Number(Math.min(1, Math.max(0, mean + 0.08 * noise)).toFixed(3))
}
