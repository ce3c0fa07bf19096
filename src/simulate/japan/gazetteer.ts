/**
 * A synthetic gazetteer: municipalities around the seats of the 47 prefectures, in eight regions, with firms spread as people
 * are. The same for every seed. Distance is great circle, (2/3) √(area/π) within a municipality, at least one kilometre.
 */
import { greatCircle, randomStream } from '../../numerics/index.js'
import { prefectures, regions } from './prefectures.js'

export interface Municipality {
  /** Five digits, the prefecture first. */
  readonly code: string
  readonly name: string
  readonly prefecture: string
  /** Index into `regions`. */
  readonly region: number
  readonly latitude: number
  readonly longitude: number
  /** km². */
  readonly area: number
  /** Share of all firms. */
  readonly weight: number
}

export interface Gazetteer {
  readonly municipalities: readonly Municipality[]
  /** ln km from row to column. */
  readonly logDistance: Float64Array
}

const first = ['東', '西', '南', '北', '中', '上', '下', '大', '小', '新']
const second = ['川', '山', '野', '田', '原', '沢', '島', '浜', '里', '津']
const kinds = ['市', '市', '町', '村']
/** Share of a prefecture's firms in its seat. */
const seatShare = 0.3
/** Hundred thousands of people for one more municipality. */
const peoplePerMunicipality = 6

let made: Gazetteer | undefined

/** Returns the gazetteer, made once. */
export function gazetteer(): Gazetteer {
  if (made === undefined) {
    const municipalities = prefectures.flatMap((_, index) => municipalitiesOf(index))
    made = { municipalities, logDistance: logDistances(municipalities) }
  }
  return made
}

function municipalitiesOf(index: number): Municipality[] {
  const { name, region, latitude, longitude, people, area } = prefectures[index]!
  const stream = randomStream(47, 'gazetteer', index)
  const count = 4 + Math.round(people / (10 * peoplePerMunicipality))
  const total = prefectures.reduce((sum, prefecture) => sum + prefecture.people, 0)
  const sizes = Array.from({ length: count - 1 }, () => Math.exp(0.8 * stream.normal()))
  const others = sizes.reduce((sum, size) => sum + size, 0)
  const radius = 0.9 * Math.sqrt(area / Math.PI)
  return Array.from({ length: count }, (_, n) => {
    const [away, angle] = n === 0 ? [0, 0] : [radius * Math.sqrt(stream.uniform()), 2 * Math.PI * stream.uniform()]
    const share = n === 0 ? seatShare : ((1 - seatShare) * sizes[n - 1]!) / others
    const pick = n + 7 * index
    return {
      code: String(1000 * (index + 1) + 100 + n).padStart(5, '0'),
      name: `${first[pick % 10]!}${second[(3 * n + index) % 10]!}${kinds[n === 0 ? 0 : stream.integer(kinds.length)]!}`,
      prefecture: name,
      region: regions.indexOf(region),
      latitude: rounded(latitude + (away * Math.sin(angle)) / 111.2, 4),
      longitude: rounded(longitude + (away * Math.cos(angle)) / (111.2 * Math.cos((latitude * Math.PI) / 180)), 4),
      area: rounded((area / count) * (0.5 + stream.uniform()), 2),
      weight: (share * people) / total,
    }
  })
}

function logDistances(places: readonly Municipality[]): Float64Array {
  const count = places.length
  const log = new Float64Array(count * count)
  places.forEach((from, i) => {
    log[i * count + i] = Math.log(Math.max(1, (2 / 3) * Math.sqrt(from.area / Math.PI)))
    for (let j = i + 1; j < count; j++) {
      const to = places[j]!
      const km = greatCircle(from.latitude, from.longitude, to.latitude, to.longitude)
      log[i * count + j] = log[j * count + i] = Math.log(Math.max(1, km))
    }
  })
  return log
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}
