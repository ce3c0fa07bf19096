/**
 * Firms or plants over several lists of different dates: each list is matched with the one before, and what is left with the last
 * entries of units that were listed earlier and are missing there, so that a unit that comes back keeps its number.
 */
import { matchLists, type ListedPlace, type MatchedPair, type MatchOptions, type UncertainPair } from './matchLists.js'

/** Lists and rows of a pair: `fromList` is the earlier one. */
export interface BetweenLists {
  readonly fromList: number
  readonly toList: number
}

export interface TrackedLists {
  /** For each list, the unit of each row: 0, 1, … in order of first appearance. */
  readonly units: readonly Int32Array[]
  readonly count: number
  readonly pairs: readonly (MatchedPair & BetweenLists)[]
  readonly uncertain: readonly (UncertainPair & BetweenLists)[]
}

/**
 * Units of lists in order of time. Rows of one list are different units, also where they share a name.
 *
 * @example
 * const places = [{ name: 'Young Sun Co., Ltd', address: '12 Main Rd', block: 'KOR' }]
 * console.log(trackLists([places, [], places]).count) // 1
 */
export function trackLists(lists: readonly (readonly ListedPlace[])[], options: MatchOptions = {}): TrackedLists {
  const units = lists.map((list) => new Int32Array(list.length).fill(-1))
  const pairs: (MatchedPair & BetweenLists)[] = []
  const uncertain: (UncertainPair & BetweenLists)[] = []
  /** Where each unit was listed last. */
  const last: { list: number; row: number }[] = []
  lists.forEach((list, toList) => {
    const own = units[toList]!
    for (const former of [true, false]) {
      const known = last.map((place, unit) => ({ ...place, unit })).filter((place) => (place.list === toList - 1) === former && place.list < toList)
      const free = Array.from(own.keys()).filter((row) => own[row] === -1)
      const found = matchLists(known.map((place) => lists[place.list]![place.row]!), free.map((row) => list[row]!), options)
      const placed = <P extends { readonly left: number; readonly right: number }>(pair: P): P & BetweenLists => {
        const { list: fromList, row } = known[pair.left]!
        return { ...pair, left: row, right: free[pair.right]!, fromList, toList }
      }
      for (const pair of found.pairs) {
        own[free[pair.right]!] = known[pair.left]!.unit
        pairs.push(placed(pair))
      }
      uncertain.push(...found.uncertain.map(placed))
    }
    own.forEach((unit, row) => {
      const number = unit === -1 ? last.length : unit
      own[row] = number
      last[number] = { list: toList, row }
    })
  })
  // A pair is of no more interest once one of its rows found another partner in the same list.
  const matched = new Set(pairs.map(({ toList, right }) => `${toList}:${right}`))
  const open = uncertain.filter(({ linked, toList, right }) => linked || !matched.has(`${toList}:${right}`))
  return { units, count: last.length, pairs, uncertain: open }
}
