/** Matching of lists by name and address: spellings one by one, then planted lists with known pairs, then public lists. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openDuckDb, relation, sql } from '../../../src/engine/index.js'
import { listedUnits, matchLists, normalAddress, normalName, trackLists, type ListedPlace } from '../../../src/features/index.js'
import { editSimilarity, lengthSimilarity, wordSimilarity, wordVector, wordWeights } from '../../../src/features/matching/similarity.js'
import { readTable } from '../../../src/ingest/index.js'
import { simulateSupplierLists } from '../../../src/simulate/index.js'
import { sharedData } from '../../sharedData.js'
import { csvRows } from './csvRows.js'

const place = (name: string, address = '12 Main Road, Springfield 1234', block = 'A'): ListedPlace => ({ name, address, block })

describe('normalised names', () => {
  it.each([
    ['Young Sun Co., Ltd.', 'YOUNGSUN'], ['YOUNGSUN CO.,LTD', 'YOUNGSUN'], ['PT. Nikomas Gemilang Tbk', 'NIKOMASGEMILANG'], ['Grupo Azul S.A. de C.V.', 'GRUPOAZULDE'],
    ['A & K Designs, Inc.', 'AANDKDESIGNS'], ['Đại Phát Garments JSC', 'DAIPHATGARMENT'], ['Işık Tekstil San. ve Tic. A.Ş.', 'ISIKTEKSTIL'], ["Paramount Apparel Int'l", 'PARAMOUNTAPPARELINTERNATIONAL'],
    ['Łódź Textile Mills', 'LODZTEXTILEMILL'], ['Ltd', 'LTD'], ['東京繊維 株式会社', '東京繊維株式会社'],
  ])('%s is %s', (text, key) => {
    expect(normalName(text).key).toBe(key)
  })

  it('know the numbers that tell plants apart', () => {
    expect(['Ajara 1', 'Ajara 01', 'Ajara II', 'Ajara', 'V Ajara', 'Ajara Plant B'].map((name) => normalName(name).numbers)).toEqual(['1', '1', '2', '', '', 'B'])
  })

  it('of addresses are words written out, cut between letters and digits', () => {
    expect(normalAddress('Jl. Raya Serpong KM.14, 12 Main Rd')).toEqual(['JALAN', 'RAYA', 'SERPONG', 'KILOMETER', '14', '12', 'MAIN', 'ROAD'])
  })
})

describe('similarity', () => {
  it('counts edits over the longer text, and rare words more than common ones', () => {
    expect([editSimilarity('KITTEN', 'SITTING'), editSimilarity('', '')]).toEqual([1 - 3 / 7, 0])
    const weight = wordWeights([['A', 'X'], ['B', 'X'], ['C', 'X']])
    const alike = (a: readonly string[], b: readonly string[]): number => wordSimilarity(wordVector(a, weight), wordVector(b, weight))
    // Worked by hand: weights ln 4 of A and B, ln 2 of X.
    expect(alike(['A', 'X'], ['B', 'X'])).toBeCloseTo(Math.log(2) ** 2 / (Math.log(4) ** 2 + Math.log(2) ** 2), 12)
    expect([alike(['A'], ['A']), alike(['A'], [])]).toEqual([1, 0])
    fc.assert(fc.property(fc.string(), fc.string({ minLength: 1 }), (a, b) => editSimilarity(a, b) <= lengthSimilarity(a, b) + 1e-12))
  })
})

describe('two lists', () => {
  const others = ['Harbor Apparel', 'Delta Footwear', 'Cascade Hosiery', 'Kim Long Textile', 'Xinfeng Shoes', 'Surya Jaya', 'Pioneer Gloves'].map((name, n) => place(name, `${n} Unrelated Lane, Elsewhere ${n}999`))

  it.each([
    ['Young Sun Co., Ltd', 'YOUNGSUN COMPANY LIMITED', '12 Main Rd', 'same name'],
    ['Thuan Phuong Embroideries', 'Thuan Phoung Embroideries Co', '12 Main Rd, Springfield 1234', 'similar name'],
    ['Bodyline Private Limited - Balangoda', 'MAS Balangoda', '#12 MAIN ROAD SPRINGFIELD 1234', 'same address'],
  ])('match %s with %s', (name, other, address, pass) => {
    const { pairs } = matchLists([place(name), ...others], [...others, place(other, address)])
    expect(pairs.find(({ left }) => left === 0)).toMatchObject({ right: others.length, pass })
    expect(pairs.length).toBe(others.length + 1)
  })

  it('keep plants apart that differ in their number, and list them for review', () => {
    const { pairs, uncertain } = matchLists([place('Ajara 1'), ...others], [place('Ajara 2'), ...others])
    expect(pairs.some(({ left }) => left === 0)).toBe(false)
    expect(uncertain).toMatchObject([{ left: 0, right: 0, reason: 'other number', linked: false }])
  })

  it('tell plants of one name by their addresses', () => {
    const [here, there] = ['27 Phetkasem Rd, Nongkham 10160', '99/1 Moo 4 Banna, Wachirabaramee 66220']
    const { pairs, uncertain } = matchLists([place('Nan Yang', here), ...others], [place('NAN YANG CO LTD', there), place('Nan Yang', here.toUpperCase()), ...others])
    expect(pairs.filter(({ left }) => left === 0)).toMatchObject([{ right: 1, pass: 'same name' }])
    expect(uncertain).toEqual([])
    const moved = matchLists([place('Nan Yang', here), ...others], [place('Nan Yang', there), ...others])
    expect(moved.uncertain).toMatchObject([{ reason: 'same name, other address', linked: true }])
    const neither = matchLists([place('Nan Yang', here), ...others], [place('Nan Yang', there), place('Nan Yang', '5 Third Street, Korat 30000'), ...others])
    expect([neither.pairs.length, neither.uncertain.map(({ reason, linked }) => [reason, linked])]).toEqual([
      others.length, [['same name, other address', false], ['same name, other address', false]],
    ])
  })

  it('leave rows without a name, or without letters in it, apart', () => {
    const { pairs, uncertain } = matchLists([place('', '1 First Street'), place('---', '2 Second Street')], [place('...', '3 Third Street'), place('', '4 Fourth Road', 'B')])
    expect([pairs, uncertain]).toEqual([[], []])
  })

  it('never match across blocks, but say so where a name went', () => {
    const { pairs, uncertain } = matchLists([place('Jade Apparel', '3rd Zone', 'MDA')], [place('JADE APPAREL', '3rd Zone', 'EGY')])
    expect(pairs).toEqual([])
    expect(uncertain).toMatchObject([{ reason: 'same name, other block', linked: false, name: 1 }])
  })

  it('obey what somebody decided who looked, also between blocks', () => {
    const before = [place('Ajara 1'), place('Jade Apparel', '3rd Zone', 'MDA'), place('Young Sun', '8 Long Street')]
    const after = [place('Ajara 2'), place('JADE APPAREL', '3rd Zone', 'EGY'), place('Young Sun', '8 Long Street')]
    const verdicts: Readonly<Record<string, 'same' | 'different'>> = { 'Ajara 1': 'same', 'Jade Apparel': 'same', 'Young Sun': 'different' }
    const decided = (left: ListedPlace, right: ListedPlace) => (before.indexOf(left) === after.indexOf(right) ? verdicts[left.name] : undefined)
    const { pairs, uncertain } = matchLists(before, after, { decided })
    expect(pairs.map(({ left, right, pass }) => [left, right, pass])).toEqual([[1, 1, 'reviewed'], [0, 0, 'reviewed']])
    expect(uncertain).toEqual([])
  })

  it('match each entry once, whatever the order of the lists', () => {
    const { files } = simulateSupplierLists({ factories: 60, seed: 5 })
    const [first, second] = files.slice(0, 2).map(({ text }) => csvRows(text)) as [ListedPlace[], ListedPlace[]]
    const named = (left: readonly ListedPlace[], right: readonly ListedPlace[]): string[] => {
      const { pairs } = matchLists(left, right)
      expect(new Set(pairs.map(({ left: row }) => row)).size).toBe(pairs.length)
      expect(new Set(pairs.map(({ right: row }) => row)).size).toBe(pairs.length)
      return pairs.map((pair) => `${left[pair.left]!.name} ${left[pair.left]!.address} = ${right[pair.right]!.name} ${right[pair.right]!.address}`).sort()
    }
    const whole = named(first, second)
    fc.assert(
      fc.property(fc.shuffledSubarray(first, { minLength: first.length }), fc.shuffledSubarray(second, { minLength: second.length }), (left, right) => {
        expect(named(left, right)).toEqual(whole)
      }),
      { numRuns: 5 },
    )
  })
})

describe('several lists', () => {
  it('give a unit that comes back its number again, and new ones the next', () => {
    const [a, b, c] = [place('Harbor Apparel', '1 First Street'), place('Delta Footwear', '2 Second Street'), place('Cascade Hosiery', '3 Third Street')]
    const { units, count, pairs } = trackLists([[a, b], [b, c], [c, place('HARBOR APPAREL, INC.', '1 FIRST ST.')]])
    expect([units.map((list) => [...list]), count]).toEqual([[[0, 1], [1, 2], [2, 0]], 3])
    expect(pairs.map(({ fromList, toList, left, right }) => [fromList, left, toList, right])).toEqual([[0, 1, 1, 0], [1, 1, 2, 0], [0, 0, 2, 1]])
  })

  it('agree with the planted factories: nearly all pairs found, nearly none wrong', () => {
    const counts = { right: 0, wrong: 0, there: 0, exact: 0 }
    for (const seed of [1, 2, 3]) {
      const { files, truth } = simulateSupplierLists({ factories: 400, seed })
      const lists = files.map(({ text }) => csvRows(text))
      for (const { fromList, toList, left, right, name } of trackLists(lists).pairs) {
        counts[truth[fromList]![left] === truth[toList]![right] ? 'right' : 'wrong']++
        if (name === 1 && lists[fromList]![left]!.name.toUpperCase() === lists[toList]![right]!.name.toUpperCase()) counts.exact++
      }
      const seen = new Set<number>()
      for (const factory of truth.flat()) {
        if (seen.has(factory)) counts.there++
        seen.add(factory)
      }
    }
    const [precision, recall] = [counts.right / (counts.right + counts.wrong), counts.right / counts.there]
    expect(counts.there).toBeGreaterThan(1000)
    expect(precision).toBeGreaterThan(0.98)
    expect(recall).toBeGreaterThan(0.98)
    // What names alone would find, written the same but for capitals.
    expect(counts.exact / counts.there).toBeLessThan(0.5)
  })

  it('are a relation, with the pairs that made it', async () => {
    const engine = await openDuckDb({})
    try {
      const rows = relation('lists', { key: ['wave', 'line'] }, sql`
        SELECT CAST(wave AS INTEGER) AS wave, CAST(line AS INTEGER) AS line, name, street, city, country FROM (VALUES
          (10, 7, 'Harbor Apparel', '1 First Street', 'Portland', 'USA'), (10, 8, 'Delta Footwear', '2 Second Street', NULL, 'USA'),
          (20, 1, 'DELTA FOOTWEAR CO.', '2 Second St', NULL, 'USA'), (20, 2, 'Cascade', '3 Third Street', 'Salem', 'USA')
        ) AS t(wave, line, name, street, city, country)`)
      const { units, pairs } = await listedUnits(engine, rows, { list: 'wave', row: 'line', name: 'name', address: ['street', 'city'], block: 'country' })
      expect((await engine.query(units)).toArray().map((row) => [row.wave, row.line, row.unit])).toEqual([[10, 7, 0], [10, 8, 1], [20, 1, 1], [20, 2, 2]])
      expect((await engine.query(pairs)).toArray().map((row) => ({ ...row }))).toEqual([
        { to_list: 20, to_row: 1, from_list: 10, from_row: 8, pass: 'same name', name_score: 1, address_score: 1 },
      ])
    } finally {
      await engine.close()
    }
  })
})

const nike = sharedData('nike_suppliers')

describe.skipIf(nike === undefined)('public supplier lists', () => {
  const sameCountry: Readonly<Record<string, string>> = {
    'CHINA MAINLAND': 'CHINA', 'VIET NAM': 'VIETNAM', 'UNITED STATES OF AMERICA': 'USA', 'KOREA (REPUBLIC OF)': 'SOUTH KOREA', 'MOLDOVA (REPUBLIC OF)': 'MOLDOVA',
    'BOSNIA AND HERZEGOVINA': 'BOSNIA', 'UNITED KINGDOM OF GREAT BRITAIN AND NORTHERN IRELAND': 'UNITED KINGDOM',
  }

  it('lose no factory that exact names keep, and few of the pairs need a look', async () => {
    const lists = await Promise.all(['2021-02', '2023-08', '2025-06', '2025-12'].map(async (date) => {
      const table = await readTable(`${nike!}/nike_${date}.csv`)
      const cells = (name: string): string[] => [...table.getChild(name)!].map((cell) => String(cell ?? ''))
      const [names, countries, address, city, postal] = ['factory_name', 'country', 'address', 'city', 'postal_code'].map(cells)
      return names!.map((name, row) => place(name, `${address![row]!} ${city![row]!} ${postal![row]!}`, sameCountry[countries![row]!.toUpperCase()] ?? countries![row]!.toUpperCase()))
    }))
    // Counted when the lists were collected: names equal in capitals, letters and digits only.
    const exact = [309, 537, 633]
    for (const [index, count] of exact.entries()) {
      const [before, after] = [lists[index]!, lists[index + 1]!]
      const bare = (list: readonly ListedPlace[]): Set<string> => new Set(list.map(({ name }) => name.toUpperCase().replace(/[^A-Z0-9]/g, '')))
      const kept = [...bare(before)].filter((name) => bare(after).has(name))
      expect(kept.length).toBe(count)
      const { pairs, uncertain } = matchLists(before, after)
      expect(pairs.length).toBeGreaterThanOrEqual(count)
      expect(uncertain.length).toBeLessThan(0.06 * pairs.length + 5)
    }
  })
})
