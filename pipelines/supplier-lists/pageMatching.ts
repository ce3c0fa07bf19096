/** How rows were matched: pairs by pass, what other rules would give, and the pairs somebody should look at. */
import { dataTable, type PageSection } from 'reshore'
import type { KeptByRule, Matching, ReviewRow } from './matching.js'
import { counted } from './pageChanges.js'

/** Uncertain pairs on the page; the step's review.csv has all. */
const shownPairs = 25

/** `names`: whether the pairs to look at, which are names of single factories, are shown. */
export function matchingSection({ passes, kept, review }: Matching, { names }: { readonly names: boolean }): PageSection {
  const counts = passes.map(({ from, to, rows, passes: by, uncertain }) => ({
    pair: `${from} and ${to}`, rows, uncertain, reviewed: by.reviewed, same: by['same name'], similar: by['similar name'], address: by['same address'],
  }))
  return {
    id: 'how-matched', title: 'How rows were matched',
    blocks: [
      {
        kind: 'prose',
        text: 'Rows of one country are compared, each is matched once: first equal names without legal forms, accents and abbreviations, then ' +
          'names and addresses that are both alike, then nearly equal addresses. Names that differ in a number are never matched without a ' +
          'look. A list is matched with the one before; what is left, with earlier lists.',
      },
      dataTable('passes', 'Pairs by pass, all brands', counts, {
        columns: [
          { key: 'pair', label: 'Lists', role: 'label' }, counted('rows', 'Earlier rows'),
          ...(counts.some(({ reviewed }) => reviewed > 0) ? [counted('reviewed', 'Reviewed')] : []),
          counted('same', 'Same name'), counted('similar', 'Similar name'), counted('address', 'Same address'), counted('uncertain', 'To look at'),
        ],
        unitName: 'rows', notes: ['Lists that are not neighbours: factories that come back.'],
      }),
      keptTable(kept),
      ...(names && review.length > 0 ? [reviewTable(review)] : []),
    ],
  }
}

function keptTable(kept: readonly KeptByRule[]) {
  const rows = kept[0]!.kept.map(({ rule }, index) =>
    ({ rule, ...Object.fromEntries(kept.map(({ from, rows: n, kept: by }) => [from, 1 - by[index]!.rows / n])) }))
  const intervals = kept.map(({ from, to }) => ({ key: from, label: `${from} to ${to}`, format: { percent: 1 } as const }))
  return dataTable('matching-rules', 'Share of the factories not found on the next list, by rule', rows, {
    columns: [{ key: 'rule', label: 'Matched by', role: 'label' }, ...intervals],
    notes: [
      'Equal letters and digits are looked for anywhere on the list; names of several plants need addresses that are alike.',
      'The rules in use end with the same address. The last row takes every uncertain pair for the same factory: a bound, not an estimate.',
    ],
  })
}

/** The most alike first. */
function reviewTable(rows: readonly ReviewRow[]) {
  const shown = [...rows].sort((a, b) => b.name + b.address - (a.name + a.address)).slice(0, shownPairs)
  const score = { decimals: 2 } as const
  return dataTable('review', 'Pairs to look at', shown.map((row) => ({ ...row })), {
    columns: [
      { key: 'nameBefore', label: 'Name', role: 'label' }, { key: 'nameAfter', label: 'Later name' },
      { key: 'name', label: 'Name score', format: score }, { key: 'address', label: 'Address score', format: score },
      { key: 'reason', label: 'Why' }, { key: 'linked', label: 'Taken as' },
    ],
    notes: [`${rows.length > shown.length ? 'The most alike are shown. ' : ''}review.csv of the step matching has all, with lists and addresses.`],
  })
}
