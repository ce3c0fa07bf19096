import { createHash } from 'node:crypto'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { maskPage, renderPage, reportFiles, scenarioReport } from '../../../src/report/index.js'
import type { PageModel } from '../../../src/report/index.js'
import { unexplainedRows } from '../../../src/report/page/flow.js'
import { page } from '../italyPage.js'

const html = renderPage(page)
const documentOf = async (of: Promise<string>) => parseHTML(await of).document
const textOf = (element: Element | null): string => (element?.textContent ?? '').replace(/\s+/g, ' ')

describe('the page', () => {
  it('is the same bytes twice, and after the record went through JSON', async () => {
    expect(await renderPage(page)).toBe(await html)
    expect(await renderPage(JSON.parse(JSON.stringify(page)) as PageModel)).toBe(await html)
  })
  it('asks for nothing and allows nothing but its own style and script, by hash', async () => {
    const document = await documentOf(html)
    const policy = document.querySelector('meta[http-equiv]')!.getAttribute('content')!
    for (const element of document.querySelectorAll('style, script')) {
      expect(policy).toContain(createHash('sha256').update(element.textContent).digest('base64'))
    }
    expect(policy).toContain("default-src 'none'")
    expect(await html).not.toMatch(/ (?:src|style|on[a-z]+)="|@import|url\((?!#)|https?:\/\/(?!www\.w3\.org\/2000\/svg)(?!x)/)
    expect(
      [...document.querySelectorAll('[href]')].map((link) => link.getAttribute('href')!).filter((href) => !href.startsWith('#')),
    ).toEqual(['data:,'])
  })
  it('has one element for each id, and every entry of the contents leads somewhere', async () => {
    const document = await documentOf(html)
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    expect(ids.length).toBe(new Set(ids).size)
    const targets = [...document.querySelectorAll('.contents a')].map((link) => link.getAttribute('href')!.slice(1))
    expect(targets.length).toBeGreaterThan(6)
    expect(targets.filter((id) => !ids.includes(id))).toEqual([])
  })
  it('says what was read, dropped, found, would change, was assumed, and where it comes from', async () => {
    const document = await documentOf(html)
    expect([...document.querySelectorAll('main > section > h2')].map(({ textContent }) => textContent)).toEqual([
      'What was read',
      'What was dropped, and why',
      'What came out',
      'What would change',
      'What was assumed',
      'Notes and conventions',
      'Where it comes from',
    ])
    expect(textOf(document.querySelector('.flow'))).toContain('−118 turnover above 7.5 million')
    expect(textOf(document.querySelector('.notice'))).toContain('both are shown and labelled')
  })
  it('escapes text from data wherever it stands', async () => {
    const bad = '</title><script>alert(1)</script><img src=x>'
    const document = await documentOf(
      renderPage({
        ...page,
        title: bad,
        subtitle: bad,
        summary: bad,
        flow: [{ ...page.flow[0]!, label: bad, unit: bad, dropped: [{ reason: bad, rows: 2 }] }],
        quarantine: [{ file: bad, line: 1, reason: bad, text: bad }],
        highlights: [{ label: bad, value: bad, note: bad }],
        notes: [{ kind: 'warning', text: bad, where: bad }],
        assumptions: [{ name: bad, value: bad, source: bad }],
        sections: [],
        scenarios: [
          {
            id: 's',
            title: bad,
            description: bad,
            changes: [{ what: bad, from: bad, to: bad }],
            outcomes: [
              { kind: 'chain', label: bad, stages: [bad], base: [bad], scenario: ['b'] },
              { kind: 'number', label: bad, unit: bad, base: 1, scenario: 2 },
              { kind: 'distribution', label: bad, of: bad, base: [{ outcome: bad, share: 1 }], scenario: [] },
              { kind: 'ranges', label: bad, axis: bad, base: [{ outcome: bad, from: 0, to: 1 }], scenario: [] },
            ],
          },
        ],
        provenance: {
          command: bad,
          inputs: [{ path: bad, sha256: bad, bytes: 1 }],
          steps: [{ name: bad, fingerprint: bad }],
          versions: [{ name: bad, version: bad }],
          options: [{ name: bad, value: bad }],
          seeds: [],
        },
      }),
    )
    expect(document.querySelectorAll('script')).toHaveLength(1)
    expect(document.querySelectorAll('img')).toHaveLength(0)
    expect(document.querySelector('h1')!.textContent).toBe(bad)
  })
  it('leaves out chapters that have nothing to say', async () => {
    const bare = await documentOf(
      renderPage({ ...page, flow: [], sections: [], scenarios: [], assumptions: [], notes: [], highlights: undefined }),
    )
    expect([...bare.querySelectorAll('main > section > h2')].map(({ textContent }) => textContent)).toEqual([
      'What was read',
      'Where it comes from',
    ])
  })
  it.each([
    [{ ...page, sections: [page.sections[0]!, page.sections[0]!] }, 'Two parts of the page have the id entry-results.'],
    [{ ...page, sections: [{ ...page.sections[0]!, id: '../up' }] }, 'The id "../up" cannot name a file or an anchor.'],
  ])('refuses ids that clash or cannot be files', async (wrong, message) => {
    await expect(renderPage(wrong)).rejects.toThrow(message)
  })
})

describe('the flow of rows', () => {
  it('balances in the fixture, and says so where it does not', async () => {
    expect(page.flow.map((step) => unexplainedRows(step, page.flow))).toEqual(page.flow.map(() => 0))
    const leaking = page.flow.map((step) => (step.id === 'panel' ? { ...step, rows: step.rows! - 3 } : step))
    const document = await documentOf(renderPage({ ...page, flow: leaking }))
    expect([...document.querySelectorAll('.unexplained')].map(({ textContent }) => textContent)).toEqual([
      '3 rows left without a reason on record.',
      '3 rows came without a reason on record.',
    ])
  })
})

describe('scenarios', () => {
  it('show what moved, stop by stop, and never a mean of places', async () => {
    const document = await documentOf(html)
    const moved = [...document.querySelectorAll('.stop.moved')].map(textOf)
    expect(moved).toEqual(['Italysubcontracted stage'])
    expect([...document.querySelectorAll('.verdict')].map(textOf)).toEqual([
      '1 of 2 moves: subcontracted stage from East Asia to Italy.',
      'EA→IT becomes IT→IT from 41.2 to 230.5.',
      'Shares of draws; the most frequent outcome in bold.',
    ])
  })
  it('are made from the changes of a chain', () => {
    const scenario = scenarioReport(
      'tariff',
      {
        kind: 'chain',
        scenario: { name: 'Tariff', changes: [{ cost: 'trade', from: 'EA', to: 'IT', factor: 1.5 }] },
        intervals: [
          { from: 0, to: 40, base: ['IT', 'IT'], scenario: ['IT', 'IT'], moved: [] },
          { from: 40, to: 230, base: ['EA', 'IT'], scenario: ['IT', 'IT'], moved: ['first'] },
          { from: 230, to: null, base: ['EA', 'IT'], scenario: ['EA', 'IT'], moved: [] },
        ],
        costs: [
          {
            quantity: 100,
            base: { chain: ['EA', 'IT'], cost: 447 },
            scenario: { chain: ['IT', 'IT'], cost: 498 },
            relativeChange: 498 / 447 - 1,
          },
        ],
      },
      { stages: ['first', 'second'], quantityUnit: 'pieces' },
    )
    expect(scenario.changes).toEqual([{ what: 'trade cost, EA→IT', from: null, to: '× 1.5' }])
    expect(scenario.outcomes[0]).toMatchObject({
      base: [
        { outcome: 'IT→IT', from: 0, to: 40 },
        { outcome: 'EA→IT', from: 40, to: null },
      ],
      scenario: [
        { outcome: 'IT→IT', from: 0, to: 230 },
        { outcome: 'EA→IT', from: 230, to: null },
      ],
    })
    expect(scenario.outcomes[1]).toMatchObject({ kind: 'chain', label: 'At 100 pieces', stages: ['first', 'second'] })
  })
})

describe('--min-cell on a page', () => {
  it('hides in tables, figures, data and flow, drops quarantine, and counts', async () => {
    const { page: masked, report } = maskPage(page, 5)
    expect(report).toMatchObject({ minCell: 5, marks: 3 })
    expect(report.items.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['firms-by-province', 'provinces', 'sectors', 'page-dropped']),
    )
    expect(report.cells.primary).toBe(report.items.reduce((sum, item) => sum + item.primary, 0))
    expect(masked.quarantine).toBeUndefined()
    const document = await documentOf(renderPage({ ...page, minCell: 5 }))
    expect(textOf(document.querySelector('.notes'))).toContain(
      `cells that rest on fewer than 5 units are hidden: ${report.cells.primary} cells`,
    )
    expect(textOf(document.querySelector('main'))).not.toContain('HYPERLINK')
  })
  it('leaves no hidden number in any file', async () => {
    const { files, masked } = await reportFiles({ ...page, minCell: 5 })
    expect(masked!.cells.primary).toBeGreaterThan(0)
    const csv = (id: string): string => files.find(({ path }) => path === `${id}.csv`)!.text
    expect(csv('tables/firms-by-province')).toContain('Prato,[c],[c],146')
    expect(csv('figures/provinces')).toContain('Nuoro,[c],[c]')
    for (const { text } of files.filter(({ path }) => path.startsWith('figures/provinces')))
      expect(text).not.toContain('Nuoro: 2')
  })
  it.each([0, -1, 2.5, NaN])('%d is not a threshold', (minCell) =>
    expect(() => maskPage(page, minCell)).toThrow('The smallest cell is'),
  )
})

describe('files of a report', () => {
  it('are the page, four a table and two a figure', async () => {
    const paths = (await reportFiles(page)).files.map(({ path }) => path)
    expect(paths.slice(0, 7)).toEqual([
      'report.html',
      'tables/entry-models.txt',
      'tables/entry-models.md',
      'tables/entry-models.tex',
      'tables/entry-models.csv',
      'figures/coefficients.svg',
      'figures/coefficients.csv',
    ])
    expect(paths.length).toBe(new Set(paths).size)
  })
})
