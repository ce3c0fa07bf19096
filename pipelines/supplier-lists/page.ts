/** The page of supplier lists: what is compared, how rows were matched, who stays, leaves and comes, and what goes with it. */
import { dataTable, matchThresholds, type Flow, type PageContent, type PageSection, type Step } from 'reshore'
import type { Entries, Tables } from './entries.js'
import type { Leaving } from './leaving.js'
import type { Links } from './links.js'
import type { Matching } from './matching.js'
import { changeFacts, changeSection, counted } from './pageChanges.js'
import { leavingSection } from './pageLeaving.js'
import { matchingSection } from './pageMatching.js'

interface PageInputs {
  readonly tables: Step<Tables>
  readonly entries: Step<Entries>
  readonly matching: Step<Matching>
  readonly links: Step<Links>
  readonly leaving: Step<Leaving>
}

const quarantineShown = 10

export function pageStep({ step, minCell }: Flow, inputs: PageInputs): void {
  step('page', {
    stage: 'report',
    inputs: { ...inputs },
    options: { masked: minCell !== undefined },
    async run({ tables, entries, matching, links, leaving }, { engine, options }) {
      const facts = await changeFacts(engine, links, entries)
      const page: PageContent = {
        title: `Suppliers of ${entries.buyer}: who stays, leaves and comes`,
        subtitle: `Lists of ${entries.dates.map(({ date }) => date).join(', ')}`,
        summary:
          'Public lists name factories without ids, each list in its own spelling. Rows are matched by name and address; the rest ' +
          'follows from that, so the page shows what stricter and laxer matching would give.',
        highlights: facts.intervals.map(({ to, before, dropped, from }) => (
          { label: `not on the list of ${to}`, value: dropped / before, format: { percent: 1 }, note: `of the factories of ${from}` })),
        quarantine: tables.quarantine.slice(0, quarantineShown).map(({ file, line, column, reason, text }) =>
          ({ file, line, ...(column === null ? {} : { column }), reason, text })),
        sections: [
          listSection(entries), matchingSection(matching, { names: !options.masked }), changeSection(entries, facts), leavingSection(leaving),
        ],
        scenarios: [],
        assumptions: Object.entries(matchThresholds).map(([name, value]) =>
          ({ name: thresholdWords[name]!, value, source: 'Stated, not estimated.', usedIn: 'matching' })),
        notes: [],
      }
      return { page }
    },
  })
}

const thresholdWords: Readonly<Record<string, string>> = {
  similarName: 'names are alike from', alikeAddress: 'addresses are alike from', equalName: 'names are nearly equal from',
  relatedAddress: 'addresses share something from', equalAddress: 'addresses are nearly equal from', relatedName: 'names share something from',
  reviewName: 'names are looked at from',
}

function listSection({ brands, dates, buyer }: Entries): PageSection {
  const labels = [...new Set(brands.map(({ brands: label }) => label))].sort()
  const on = (label: string, wave: number): number => brands.find((one) => one.wave === wave && one.brands === label)?.rows ?? 0
  const rows = labels.map((label) => ({ label, ...Object.fromEntries(dates.map(({ wave, date }) => [date, on(label, wave)])) }))
  return {
    id: 'compared', title: 'What is compared',
    blocks: [
      {
        kind: 'prose',
        text: `Rows of \`${buyer}\` are followed, whatever other brands a row names. A list that was exported for one brand would otherwise ` +
          'make every factory of the others look new.',
      },
      dataTable('brands', 'Rows by brands and list', rows, {
        columns: [{ key: 'label', label: 'Brands', role: 'label' }, ...dates.map(({ date }) => counted(date, date))], total: 'All', unitName: 'rows',
      }),
    ],
  }
}
