/** Which rows of different lists are the same factory, how sure that is, and what somebody should look at. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  dataTable, listedUnits, readTable, relation, renderCsv, ReshoreError, sql,
  type Flow, type ListedPlace, type ListedUnits, type MatchOptions, type MatchPass, type Relation, type Step,
} from 'reshore'
import type { Entries } from './entries.js'

export interface ReviewRow {
  readonly from: string
  readonly to: string
  readonly reason: string
  readonly linked: string
  readonly name: number
  readonly address: number
  readonly nameBefore: string
  readonly nameAfter: string
  readonly addressBefore: string
  readonly addressAfter: string
}

/** Pairs found between a list and an earlier one, by pass. */
export interface PassCount {
  readonly from: string
  readonly to: string
  readonly rows: number
  readonly passes: Readonly<Record<MatchPass, number>>
  readonly uncertain: number
}

/** Rows of the buyer on a list, and those still there on the next under rules from strict to lax. */
export interface KeptByRule {
  readonly from: string
  readonly to: string
  readonly rows: number
  readonly kept: readonly { readonly rule: string; readonly rows: number }[]
}

export interface Matching {
  /** Keyed by wave and row: `unit`. */
  readonly units: Relation
  readonly pairs: Relation
  readonly passes: readonly PassCount[]
  readonly kept: readonly KeptByRule[]
  /** All pairs to look at; review.csv has them too. */
  readonly review: readonly ReviewRow[]
}

/** `reviewed`: a review.csv with a column `decision`, `same` or `different`; empty for none. */
export function matchingStep({ step }: Flow, { entries, reviewed }: { readonly entries: Step<Entries>; readonly reviewed: string }): Step<Matching> {
  return step('matching', {
    stage: 'features',
    inputs: { entries },
    files: reviewed === '' ? {} : { reviewed: resolve(reviewed) },
    async run({ entries: { entries, dates } }, { engine, files, folder, flow, note }): Promise<Matching> {
      const [decisions] = Object.values(files).flat()
      const columns = { list: 'wave', row: 'row', name: 'factory_name', address: ['address', 'city', 'postal_code'], block: 'country' }
      const decided = decisions === undefined ? undefined : await decidedPairs(decisions)
      const found = await listedUnits(engine, entries, columns, decided)
      const unused = decided?.unused() ?? 0
      if (unused > 0) note(`Decisions of the review that are about no two rows of the lists change nothing: ${unused}.`)
      const buyers = await engine.query(relation('of_buyer', { key: ['wave', 'row'] }, sql`SELECT wave, row, of_buyer FROM ${entries}`))
      const flags = [...buyers.getChild('of_buyer')!].map((flag) => flag === 1)
      const ofBuyer = found.lists.map(({ places }) => flags.splice(0, places.length))
      const names = dates.map(({ date }) => date)
      const review = reviewRows(found, names)
      writeFileSync(join(folder, 'review.csv'), await reviewFile(review))
      const rows = found.lists.reduce((sum, { places }) => sum + places.length, 0)
      flow({
        id: 'factories', label: 'factories', kind: 'table', from: ['entries'], rows: found.tracked.count, dropped: [], unit: 'factories',
        remark: `rows of several lists that are the same factory: ${rows - found.tracked.count} of ${rows}`,
      })
      if (review.length > 0) note(`${review.length} pairs of rows are uncertain; they are in review.csv of the step, with their scores.`)
      return { units: found.units, pairs: found.pairs, passes: passCounts(found, names), kept: keptByRule(found, names, ofBuyer), review }
    },
  })
}

const pairOf = ['nameBefore', 'addressBefore', 'nameAfter', 'addressAfter'] as const

/** Without what the file changes: runs of spaces, and the apostrophe before what a spreadsheet would take for a formula. */
const pairKey = (texts: readonly string[]): string =>
  JSON.stringify(texts.map((text) => text.replace(/\s+/g, ' ').trim().replace(/^'(?=[=+\-@＝＋－＠])/, '')))

/** Pairs are known again by their names and addresses, so that a review outlives changes of the lists elsewhere. */
async function decidedPairs(path: string): Promise<MatchOptions & { unused(): number }> {
  const table = await readTable(path, { columns: [...pairOf, 'decision'] })
  const lost = [...pairOf, 'decision'].find((name) => table.getChild(name) === null)
  if (lost !== undefined) {
    throw new ReshoreError('ReviewError', `${path} has no column \`${lost}\``, 'Add a column `decision` to review.csv: same, different, or nothing.')
  }
  const decisions = new Map<string, 'same' | 'different'>()
  table.toArray().forEach((row, index) => {
    const decision = row.decision === null ? '' : String(row.decision).trim().toLowerCase()
    if (decision === '') return
    if (decision !== 'same' && decision !== 'different') {
      throw new ReshoreError('ReviewError', `${path}, row ${index + 1}: the decision is \`${decision}\``, 'Write same, different, or nothing.')
    }
    decisions.set(pairKey(pairOf.map((name) => String(row[name] ?? ''))), decision)
  })
  const used = new Set<string>()
  return {
    unused: () => decisions.size - used.size,
    decided(left, right) {
      const pair = pairKey([left.name, left.address, right.name, right.address])
      if (decisions.has(pair)) used.add(pair)
      return decisions.get(pair)
    },
  }
}

/** All there is to judge a pair by. */
function reviewFile(rows: readonly ReviewRow[]): Promise<string> {
  const columns = ['from', 'to', 'reason', 'linked', 'name', 'address', 'nameBefore', 'nameAfter', 'addressBefore', 'addressAfter']
  return renderCsv(dataTable('review', 'Pairs to look at', rows.map((row) => ({ ...row })), { columns }))
}

function reviewRows({ lists, tracked }: ListedUnits, dates: readonly string[]): ReviewRow[] {
  const place = (list: number, row: number): ListedPlace => lists[list]!.places[row]!
  return tracked.uncertain.map(({ fromList, toList, left, right, name, address, reason, linked }) => {
    const [before, after] = [place(fromList, left), place(toList, right)]
    return {
      from: dates[fromList]!, to: dates[toList]!, reason, linked: linked ? 'the same' : 'two factories', name, address,
      nameBefore: before.name, nameAfter: after.name, addressBefore: before.address, addressAfter: after.address,
    }
  })
}

const passNames: readonly MatchPass[] = ['reviewed', 'same name', 'similar name', 'same address']

function passCounts({ lists, tracked }: ListedUnits, dates: readonly string[]): PassCount[] {
  return dates.flatMap((to, toList) => dates.slice(0, toList).reverse().flatMap((from, back) => {
    const fromList = toList - 1 - back
    const between = <P extends { readonly fromList: number; readonly toList: number }>(pairs: readonly P[]): P[] =>
      pairs.filter((pair) => pair.fromList === fromList && pair.toList === toList)
    const [pairs, uncertain] = [between(tracked.pairs), between(tracked.uncertain).length]
    const count = (pass: MatchPass): number => pairs.filter((pair) => pair.pass === pass).length
    if (pairs.length + uncertain === 0) return []
    const passes = Object.fromEntries(passNames.map((pass) => [pass, count(pass)])) as Record<MatchPass, number>
    return [{ from, to, rows: lists[fromList]!.places.length, passes, uncertain }]
  }))
}

const bareName = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9]/g, '')

/** From equal names over the passes in use to the uncertain pairs as well. */
function keptByRule({ lists, tracked }: ListedUnits, dates: readonly string[], ofBuyer: readonly (readonly boolean[])[]): KeptByRule[] {
  return dates.slice(1).map((to, from) => {
    const [before, after] = [lists[from]!.places, lists[from + 1]!.places]
    const namesAfter = new Set(after.filter((_, row) => ofBuyer[from + 1]![row]).map(({ name }) => bareName(name)))
    const equal = before.filter(({ name }, row) => ofBuyer[from]![row] && namesAfter.has(bareName(name))).length
    const between = (pair: { readonly fromList: number; readonly toList: number; readonly left: number; readonly right: number }): boolean =>
      pair.fromList === from && pair.toList === from + 1 && ofBuyer[from]![pair.left]! && ofBuyer[from + 1]![pair.right]!
    const pairs = tracked.pairs.filter(between)
    const byPasses = passNames.slice(1).map((pass, index) => ({
      rule: index === 0 ? pass : `and ${pass}`, rows: pairs.filter((pair) => passNames.indexOf(pair.pass) <= index + 1).length,
    }))
    const taken = new Set(tracked.pairs.filter((pair) => pair.toList === from + 1 && pair.fromList === from).map(({ left }) => left))
    const open = tracked.uncertain.filter((pair) => between(pair) && !pair.linked && !taken.has(pair.left))
    const doubtful = new Set(open.map(({ left }) => left))
    return {
      from: dates[from]!, to, rows: ofBuyer[from]!.filter(Boolean).length,
      kept: [{ rule: 'equal letters and digits', rows: equal }, ...byPasses, { rule: 'and uncertain', rows: pairs.length + doubtful.size }],
    }
  })
}
