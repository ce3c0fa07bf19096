/**
 * Public supplier lists of an invented buyer, as such lists are: several dates, names and addresses spelt anew each time, the
 * first one exported for one brand only. Which rows are the same factory is known, so that matching can be judged.
 *
 * A factory is on the next list of its brand with probability 1 − q, q = 1 − exp(−exp(x)), x higher far from the buyer's country and
 * lower with more workers; a factory that left comes back with a small probability. Spelling follows the style of the list (capital
 * letters, points, abbreviations) and errors of its own: typing errors, words run together, accents and strokes lost, parts left
 * out, new names at the old address, new addresses under the old name, sister factories that differ in a number only.
 */
import { randomStream, type RandomStream } from '../../numerics/index.js'
import { countries, type CountryWords } from './names.js'
import { styledAddress, styledName } from './spelling.js'

export interface SupplierListOptions {
  /** Factories that exist at any time. */
  readonly factories: number
  readonly seed: number
}

export interface SupplierLists {
  /** `alder_2021-02.csv` and so on: name and text. */
  readonly files: readonly { readonly name: string; readonly text: string }[]
  /** For each list, the factory of each row. */
  readonly truth: readonly (readonly number[])[]
}

const dates = ['2021-02', '2023-08', '2025-06', '2025-12']
const seconds = [
  'Global', 'Sunrise', 'Star', 'Grand', 'New Era', 'Unity', 'First', 'Pacific', 'Evergreen', 'Crown', 'Golden', 'Modern', 'Royal', 'Swan',
]
const header = [
  'wave', 'as_of', 'factory_name', 'factory_type', 'product_type', 'brands', 'events', 'supplier_group', 'address', 'city', 'state',
  'postal_code', 'country', 'region', 'total_workers', 'line_workers', 'pct_female', 'pct_migrant',
]

/** What stays of a factory, and where it is written differently. */
interface Factory {
  readonly country: CountryWords
  readonly core: string
  readonly city: readonly [string, string]
  readonly street: string
  readonly postal: string
  readonly type: string
  readonly product: string
  readonly brand: string
  readonly group: string
  readonly workers: number
  /** First list on which a new name, or a new address, is used. */
  readonly renamed: number
  readonly moved: number
}

/**
 * The lists as CSV texts, and which factory each row is.
 *
 * @example console.log(simulateSupplierLists({ factories: 50, seed: 1 }).files[0].name) // alder_2021-02.csv
 */
export function simulateSupplierLists({ factories: count, seed }: SupplierListOptions): SupplierLists {
  const factories = Array.from({ length: count }, (_, index) => drawFactory(randomStream(seed, 'factory', index), index))
  for (let index = 7; index < count; index += 11) factories[index] = sister(factories[index - 1]!, randomStream(seed, 'sister', index))
  const listed = factories.map((factory, index) => presence(factory, randomStream(seed, 'presence', index)))
  const truth: number[][] = []
  const files = dates.map((date, wave) => {
    const rows = factories.flatMap((factory, index) => (listed[index]![wave] && (wave > 0 || factory.brand === 'Alder') ? [index] : []))
    const order = shuffled(rows, randomStream(seed, 'order', wave))
    truth.push(order)
    const lines = order.map((index) => line(factories[index]!, wave, date, randomStream(seed, 'row', wave, index)))
    return { name: `alder_${date}.csv`, text: `${[header.join(','), ...lines].join('\n')}\n` }
  })
  return { files, truth }
}

const pick = <T>(from: readonly T[], stream: RandomStream): T => from[stream.integer(from.length)]!

function drawFactory(stream: RandomStream, index: number): Factory {
  const country = stream.uniform() < 0.6 ? countries[stream.integer(2)]! : pick(countries, stream)
  const product = pick(['Apparel', 'Footwear', 'Equipment'], stream)
  const house = 1 + stream.integer(400)
  return {
    country, product,
    core: `${pick(country.stems, stream)}${pick(country.ends, stream)} ${pick(seconds, stream)} ${pick(country.activities, stream)}`,
    city: pick(country.cities, stream),
    street: `No. ${house}, ${pick(country.streets, stream)}`,
    postal: String(10_000 + stream.integer(89_999)),
    type: pick(['FINISHED GOODS', 'FINISHED GOODS', 'FINISHED GOODS - COMPONENTS', 'MATERIALS'], stream),
    brand: stream.uniform() < 0.85 ? 'Alder' : 'Fern',
    group: `GROUP ${1 + (index % 40)}`,
    workers: Math.round(Math.exp(6.3 + stream.normal())),
    renamed: stream.uniform() < 0.04 ? 1 + stream.integer(3) : 9,
    moved: stream.uniform() < 0.04 ? 1 + stream.integer(3) : 9,
  }
}

/** A second plant of the same firm elsewhere in the country: with a number in its name, or under the very same name. */
function sister(of: Factory, stream: RandomStream): Factory {
  return {
    ...of,
    core: stream.uniform() < 0.7 ? `${of.core} 2` : of.core,
    city: pick(of.country.cities, stream),
    street: `No. ${1 + stream.integer(400)}, ${pick(of.country.streets, stream)}`,
    postal: String(10_000 + stream.integer(89_999)),
  }
}

/** On which lists a factory is. */
function presence({ country, workers }: Factory, stream: RandomStream): readonly boolean[] {
  const far = country.region !== 'AMERICAS'
  const index = -1.1 + (far ? 0.3 : 0) - 0.4 * (Math.log(workers) - 6.3)
  const leaves = 1 - Math.exp(-Math.exp(index))
  const listed: boolean[] = [stream.uniform() < 0.7]
  for (let wave = 1; wave < dates.length; wave++) {
    const before = listed[wave - 1]!
    const known = listed.includes(true)
    listed.push(before ? stream.uniform() >= leaves : stream.uniform() < (known ? 0.12 : 0.35))
  }
  return listed
}

function line(factory: Factory, wave: number, date: string, stream: RandomStream): string {
  const { country, core, city, street, postal, type, product, brand, group, workers, renamed, moved } = factory
  const loud = wave === 0
  const name = wave >= renamed ? `${pick(['Orion', 'Vega', 'Lyra'], stream)} ${core.split(' ').slice(-2).join(' ')}` : core
  const at = wave >= moved ? `No. ${1 + ((postal.length * 37 + workers) % 300)}, New Export Park` : street
  const cells = [
    String(wave + 1), date, styledName(name, country.forms, loud, stream), type,
    loud ? (type === 'MATERIALS' ? type : product.toUpperCase()) : product,
    loud ? brand.toUpperCase() : brand, '', group, styledAddress(at, loud, stream), loud ? city[0].toUpperCase() : city[0], city[1],
    stream.uniform() < 0.05 ? '' : postal, country.spellings[loud ? 0 : 1], country.region,
    String(Math.round(workers * Math.exp(0.15 * stream.normal()))), String(Math.round(workers * 0.8)), String(30 + stream.integer(60)), '0',
  ]
  return cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
}

function shuffled(rows: readonly number[], stream: RandomStream): number[] {
  const order = [...rows]
  for (let i = order.length - 1; i > 0; i--) {
    const j = stream.integer(i + 1)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}
