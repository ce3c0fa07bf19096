/**
 * Which entries of two lists of firms or plants are the same, by name and address. Only entries of the same block (a country) are
 * compared, each is matched once, and pairs are made in passes from certain to less so; what is neither alike nor different
 * enough is left apart and listed for review. Nothing is learnt from the data but how rare words are.
 *
 *     name    = max(edit similarity of the names without spaces, cosine of their words)      1 for the same normalised name
 *     address = cosine of the words, weighted by rarity
 *
 * 1. `same name`: the normalised names are equal; where one of the lists has several plants of the name, the addresses must be
 *    alike as well, and the most alike go together.
 * 2. `similar name`: name and address both alike, or the name nearly equal and the address not another one.
 * 3. `same address`: the address nearly equal and the name not another one.
 *
 * In 2 and 3 names must agree in their numbers: `Factory 1` and `Factory 2` are two plants. Time is quadratic in a block.
 *
 * Fellegi and Sunter (1969) weigh words by their rarity likewise; thresholds are stated, not estimated. Checked on planted
 * typos and transliterations with known pairs (precision and recall), and on public lists against exact names.
 */
import { normalAddress, normalName, type NormalName } from './normalise.js'
import { editSimilarity, lengthSimilarity, wordSimilarity, wordVector, wordWeights, type WordVector } from './similarity.js'

export interface ListedPlace {
  readonly name: string
  readonly address: string
  /** Entries of different blocks are never matched. */
  readonly block: string
}

export type MatchPass = 'reviewed' | 'same name' | 'similar name' | 'same address'

export interface MatchedPair {
  /** Rows of the two lists. */
  readonly left: number
  readonly right: number
  readonly name: number
  readonly address: number
  readonly pass: MatchPass
}

export interface UncertainPair extends Omit<MatchedPair, 'pass'> {
  /** Why somebody should look. `linked` pairs are matched nevertheless. */
  readonly reason: 'same name, other address' | 'same name, other block' | 'other number' | 'similar name' | 'same address'
  readonly linked: boolean
}

export interface ListMatch {
  readonly pairs: readonly MatchedPair[]
  /** Pairs to look at, most alike first. */
  readonly uncertain: readonly UncertainPair[]
}

/** Least similarities; all on [0, 1]. */
export interface MatchThresholds {
  /** Pass 2: alike in both, or nearly equal names whose addresses share something. */
  readonly similarName: number
  readonly alikeAddress: number
  readonly equalName: number
  readonly relatedAddress: number
  /** Pass 3. */
  readonly equalAddress: number
  readonly relatedName: number
  /** Review: names from here on, whatever the address. */
  readonly reviewName: number
}

/** The thresholds of `matchLists` unless its options name others. */
export const matchThresholds: MatchThresholds = {
  similarName: 0.8, alikeAddress: 0.5, equalName: 0.92, relatedAddress: 0.2, equalAddress: 0.8, relatedName: 0.5, reviewName: 0.8,
}

export interface MatchOptions {
  readonly thresholds?: MatchThresholds
  /** What somebody found who looked at a pair: it is matched before any other (also between blocks), or never. */
  decided?(left: ListedPlace, right: ListedPlace): 'same' | 'different' | undefined
}

/**
 * Pairs of entries of two lists, and pairs to review.
 *
 * @example
 * const before = [{ name: 'Young Sun Co., Ltd', address: '12 Main Rd', block: 'KOR' }]
 * const after = [{ name: 'YOUNGSUN', address: '12 Main Road', block: 'KOR' }]
 * console.log(matchLists(before, after).pairs[0].pass) // same name
 */
export function matchLists(
  left: readonly ListedPlace[], right: readonly ListedPlace[], options: MatchOptions = {},
): ListMatch {
  const { thresholds = matchThresholds } = options
  const entries = normalEntries([left, right]) as readonly [readonly Entry[], readonly Entry[]]
  const verdicts = verdictsOn(left, right, options)
  const candidates = candidatePairs(...entries, thresholds, verdicts)
  const taken = [new Set<number>(), new Set<number>()] as const
  const pairs: MatchedPair[] = []
  for (const pass of passes) {
    for (const { left: a, right: b, name, address } of candidates.filter((pair) => pass.takes(pair, thresholds))) {
      if (taken[0].has(a) || taken[1].has(b)) continue
      taken[0].add(a)
      taken[1].add(b)
      pairs.push({ left: a, right: b, name, address, pass: pass.pass })
    }
  }
  const free = candidates.filter((pair) => !taken[0].has(pair.left) && !taken[1].has(pair.right))
  const moved = pairs.filter(({ pass, address }) => pass === 'same name' && address < thresholds.relatedAddress)
  const uncertain = [
    ...moved.map(({ left: a, right: b, name, address }): UncertainPair =>
      ({ left: a, right: b, name, address, reason: 'same name, other address', linked: true })),
    ...free.flatMap((pair) => toReview(pair, thresholds)),
    ...elsewhere(...entries, taken).filter((pair) => verdicts.get(pairKey(pair.left, pair.right)) === undefined),
  ]
  return { pairs, uncertain: uncertain.sort((a, b) => b.name + b.address - (a.name + a.address) || a.left - b.left || a.right - b.right) }
}

interface Entry {
  readonly name: NormalName
  readonly nameWords: WordVector
  readonly address: WordVector
  readonly block: string
}

interface Candidate extends Omit<MatchedPair, 'pass'> {
  readonly sameName: boolean
  /** Each list has the name once in the block. */
  readonly onlyOne: boolean
  readonly sameNumbers: boolean
  readonly decided: boolean
}

/** Words are weighed over both lists. */
function normalEntries(lists: readonly (readonly ListedPlace[])[]): readonly (readonly Entry[])[] {
  const normal = lists.map((list) => list.map(({ name, address, block }) => ({ name: normalName(name), words: normalAddress(address), block })))
  const names = wordWeights(normal.flatMap((list) => list.map(({ name }) => name.words)))
  const addresses = wordWeights(normal.flatMap((list) => list.map(({ words }) => words)))
  return normal.map((list) => list.map(({ name, words, block }) =>
    ({ name, block, nameWords: wordVector(name.words, names), address: wordVector(words, addresses) })))
}

const passes: readonly { readonly pass: MatchPass; takes(pair: Candidate, thresholds: MatchThresholds): boolean }[] = [
  { pass: 'reviewed', takes: ({ decided }) => decided },
  { pass: 'same name', takes: ({ sameName, onlyOne, address }, least) => sameName && (onlyOne || address >= least.alikeAddress) },
  {
    pass: 'similar name',
    takes: ({ sameNumbers, name, address }, least) => sameNumbers && (
      (name >= least.similarName && address >= least.alikeAddress) || (name >= least.equalName && address >= least.relatedAddress)),
  },
  {
    pass: 'same address',
    takes: ({ sameNumbers, name, address }, least) => sameNumbers && name >= least.relatedName && address >= least.equalAddress,
  },
]

type Verdicts = ReadonlyMap<string, 'same' | 'different'>

const pairKey = (left: number, right: number): string => `${left} ${right}`

function verdictsOn(left: readonly ListedPlace[], right: readonly ListedPlace[], { decided }: MatchOptions): Verdicts {
  const verdicts = new Map<string, 'same' | 'different'>()
  if (decided === undefined) return verdicts
  left.forEach((a, row) => right.forEach((b, other) => {
    const verdict = decided(a, b)
    if (verdict !== undefined) verdicts.set(pairKey(row, other), verdict)
  }))
  return verdicts
}

/** Pairs that some pass or the review may take, most alike first; equal ones in the order of the lists. */
function candidatePairs(
  left: readonly Entry[], right: readonly Entry[], least: MatchThresholds, verdicts: Verdicts,
): readonly Candidate[] {
  const inBlock = rowsBy(right, ({ block }) => block)
  const plants = [left, right].map((entries) => rowsBy(entries, ({ name, block }) => `${block} ${name.key}`))
  const pairs: Candidate[] = []
  const rows = verdicts.size === 0 ? undefined : Array.from(right.keys())
  left.forEach((a, row) => {
    for (const other of rows ?? inBlock.get(a.block) ?? []) {
      const b = right[other]!
      const verdict = verdicts.get(pairKey(row, other))
      if (verdict === 'different' || (a.block !== b.block && verdict === undefined)) continue
      const sameName = a.name.key !== '' && a.name.key === b.name.key
      const address = wordSimilarity(a.address, b.address)
      const needed = verdict !== undefined ? 0 : address >= least.equalAddress ? Math.min(least.relatedName, least.reviewName) : least.reviewName
      const name = sameName ? 1 : nameSimilarity(a, b, needed)
      if (name < needed) continue
      const onlyOne = sameName && plants.every((named) => named.get(`${a.block} ${a.name.key}`)?.length === 1)
      const sameNumbers = a.name.numbers === b.name.numbers
      pairs.push({ left: row, right: other, name, address, sameName, onlyOne, sameNumbers, decided: verdict === 'same' })
    }
  })
  return pairs.sort((a, b) => b.name + b.address - (a.name + a.address) || a.left - b.left || a.right - b.right)
}

/** The larger of the two similarities; edits, which take longest, only where they can reach what is needed. */
function nameSimilarity(a: Entry, b: Entry, needed: number): number {
  const words = wordSimilarity(a.nameWords, b.nameWords)
  const bound = lengthSimilarity(a.name.key, b.name.key)
  return bound <= words || (bound < needed && words < needed) ? words : Math.max(words, editSimilarity(a.name.key, b.name.key))
}

function toReview({ left, right, name, address, sameName, sameNumbers }: Candidate, least: MatchThresholds): UncertainPair[] {
  const reason = sameName ? 'same name, other address' : !sameNumbers ? 'other number' : name >= least.reviewName ? 'similar name' : 'same address'
  return reason === 'other number' && address < least.alikeAddress ? [] : [{ left, right, name, address, reason, linked: false }]
}

/** The same name in another block, where both are left over. */
function elsewhere(
  left: readonly Entry[], right: readonly Entry[], taken: readonly [ReadonlySet<number>, ReadonlySet<number>],
): UncertainPair[] {
  const byName = rowsBy(right, ({ name }) => name.key)
  return left.flatMap((a, row) => (taken[0].has(row) || a.name.key === '' ? [] : byName.get(a.name.key) ?? []).flatMap((other) => {
    const b = right[other]!
    if (taken[1].has(other) || a.block === b.block) return []
    const address = wordSimilarity(a.address, b.address)
    return [{ left: row, right: other, name: 1, address, reason: 'same name, other block' as const, linked: false }]
  }))
}

function rowsBy(entries: readonly Entry[], key: (entry: Entry) => string): ReadonlyMap<string, readonly number[]> {
  const rows = new Map<string, number[]>()
  entries.forEach((entry, row) => {
    const known = rows.get(key(entry))
    if (known === undefined) rows.set(key(entry), [row])
    else known.push(row)
  })
  return rows
}
