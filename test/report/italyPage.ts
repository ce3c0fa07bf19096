/** A whole page of fixed records, for tests of the page and for looking at it. Numbers are made up. */
import { dataTable, regressionTable } from '../../src/report/index.js'
import type { FlowStep, PageModel } from '../../src/report/index.js'
import {
  bars,
  coefficients,
  envelope,
  hazards,
  lines,
  links,
  provinces,
  ranked,
  survival,
  tauPath,
  world,
} from './italyFigures.js'
import { models } from './italyRecords.js'

const waves = [2006, 2007, 2008, 2009, 2010, 2011, 2012]
const hash = (seed: number): string =>
  Array.from({ length: 64 }, (_, index) => ((seed * 7919 + index * 104729) % 16).toString(16)).join('')

const files: FlowStep[] = waves.map((year, index) => ({
  id: `survey-${year}`,
  label: `survey_${year}.csv`,
  kind: 'file',
  from: [],
  rows: 1_990 - 9 * index,
  unit: 'rows',
  dropped: [
    { reason: 'wrong number of columns', rows: index % 3 },
    { reason: 'cell cannot be read as a number', rows: 4 + index },
    { reason: 'undecodable byte', rows: index === 4 ? 1 : 0 },
  ],
}))
const stacked = files.reduce((sum, { rows }) => sum + rows!, 0)

export const flow: FlowStep[] = [
  ...files,
  { id: 'accounts', label: 'accounts.csv', kind: 'file', from: [], rows: 427, dropped: [] },
  {
    id: 'survey',
    label: 'Survey, all waves',
    kind: 'table',
    from: files.map(({ id }) => id),
    rows: stacked - 33,
    dropped: [
      { reason: 'firm-year twice, later row kept', rows: 21 },
      { reason: 'negative headcount', rows: 5 },
      { reason: 'unknown province code', rows: 7 },
    ],
  },
  {
    id: 'panel',
    label: 'Firm panel',
    kind: 'table',
    from: ['survey'],
    unit: 'firm-years',
    rows: stacked - 33 - 118,
    dropped: [{ reason: 'turnover above 7.5 million', rows: 118 }],
  },
  {
    id: 'entry',
    label: 'Entry sample',
    kind: 'sample',
    from: ['panel'],
    unit: 'firm-years',
    rows: stacked - 33 - 118 - 2_201,
    dropped: [
      { reason: 'first year of a firm: no lag', rows: 1_987 },
      { reason: 'missing value_added', rows: 214 },
    ],
  },
  {
    id: 'spells',
    label: 'Offshoring spells',
    kind: 'table',
    from: ['panel'],
    unit: 'spell-years',
    rows: 655,
    dropped: [],
    remark: 'one row per firm, spell and year abroad',
  },
  {
    id: 'exit',
    label: 'Exit sample',
    kind: 'sample',
    from: ['spells'],
    unit: 'spell-years',
    rows: 641,
    dropped: [{ reason: 'spell began before the first wave', rows: 14 }],
  },
]

const byProvince = dataTable(
  'firms-by-province',
  'Firms by province and sector, 2012',
  [
    ['Treviso', 128, 44],
    ['Fermo', 31, 164],
    ['Vicenza', 97, 22],
    ['Prato', 143, 3],
    ['Barletta', 58, 61],
    ['Lecce', 66, 38],
    ['Nuoro', 2, 4],
  ].map(([province, clothing, footwear]) => ({
    province: province!,
    clothing: clothing!,
    footwear: footwear!,
    all: Number(clothing) + Number(footwear),
  })),
  {
    total: 'All',
    unitName: 'firms',
    columns: [
      'province',
      { key: 'clothing', label: 'Clothing', role: 'count' },
      { key: 'footwear', label: 'Footwear', role: 'count' },
      { key: 'all', label: 'Both', role: 'total' },
    ],
  },
)

export const page: PageModel = {
  title: 'Going abroad and coming back',
  subtitle: 'Offshore outsourcing by Italian clothing and footwear firms, 2006–2012, and what a tariff would change',
  summary:
    'Firms that were abroad last year are very likely to be abroad this year, and neighbours matter a little. A tariff of half the trade cost brings the subcontracted stage home for small orders only.\n\nStandard errors are clustered by `firm`; costs are identified up to the exit cost, and are shown along that line.',
  highlights: [
    { label: 'Firm-years used', value: 11_562, format: 'integer', note: 'of 13,842 read' },
    { label: 'Coefficient of last year', value: 2.531, format: { decimals: 2 }, note: 'probit, s.e. 0.05' },
    { label: 'Hazard of return', value: 0.27, format: { percent: 0 }, note: 'a year' },
    { label: 'Chain under tariff', value: 'IT→IT', note: 'was EA→IT, at 100 pieces' },
  ],
  flow,
  quarantine: [
    { file: 'survey_2007.csv', line: 412, column: 'employees', reason: 'cell cannot be read as a number', text: '1O,5' },
    { file: 'survey_2010.csv', line: 1_033, reason: 'undecodable byte', text: 'Fermo\u0081;…' },
    { file: 'survey_2008.csv', line: 77, reason: 'wrong number of columns', text: '=HYPERLINK("http://x")<b>;12;0,4' },
  ],
  sections: [
    {
      id: 'entry-results',
      title: 'Who goes abroad',
      blocks: [
        {
          kind: 'prose',
          text: 'The outcome is one in years with at least one foreign subcontractor. Regressors are lagged by a year; `neighbours_lag` counts other firms of the province that were abroad.',
        },
        regressionTable('entry-models', 'Entry into offshore outsourcing', models, {
          stars: [0.1, 0.05, 0.01],
          labels: { offshoring_lag: 'Offshoring, t−1', neighbours_lag: 'Neighbours abroad, t−1' },
          indicators: [{ label: 'Year effects', prefix: 'year::' }],
        }),
        coefficients,
        provinces,
        byProvince,
        lines,
      ],
    },
    { id: 'exit-results', title: 'Who comes back', blocks: [survival, hazards, bars] },
    { id: 'solver-results', title: 'What the solvers say', blocks: [envelope, tauPath, world, ranked, links] },
  ],
  scenarios: [
    {
      id: 'tariff',
      title: 'A tariff on finished pieces from East Asia',
      description: 'Trade costs on the way from East Asia to Italy rise by half; everything else stays.',
      changes: [
        { what: 'trade cost East Asia→Italy', from: 0.18, to: 0.27, unit: 'of unit value' },
        { what: 'fixed cost, East Asia', from: null, to: '× 1.1' },
      ],
      outcomes: [
        {
          kind: 'chain',
          label: 'Chain at 100 pieces',
          stages: ['subcontracted stage', 'own stage'],
          base: ['East Asia', 'Italy'],
          scenario: ['Italy', 'Italy'],
        },
        {
          kind: 'ranges',
          label: 'Cheapest chain by quantity',
          axis: 'quantity (pieces a year)',
          scale: 'log',
          base: [
            { outcome: 'IT→IT', from: 0, to: 41.2 },
            { outcome: 'EA→IT', from: 41.2, to: null },
          ],
          scenario: [
            { outcome: 'IT→IT', from: 0, to: 230.5 },
            { outcome: 'EA→IT', from: 230.5, to: null },
          ],
        },
        {
          kind: 'distribution',
          label: 'Chain at 100 pieces over 500 draws of the estimates',
          of: 'draws',
          base: [
            { outcome: 'EA→IT', share: 0.914 },
            { outcome: 'EU→IT', share: 0.062 },
            { outcome: 'IT→IT', share: 0.024 },
          ],
          scenario: [
            { outcome: 'IT→IT', share: 0.731 },
            { outcome: 'EA→IT', share: 0.188 },
            { outcome: 'EU→IT', share: 0.081 },
          ],
        },
        {
          kind: 'number',
          label: 'Average cost at 100 pieces',
          unit: 'EUR',
          base: 4.47,
          scenario: 4.98,
          format: { decimals: 2 },
          interval: { change: [0.31, 0.66], label: '5–95 %' },
        },
        {
          kind: 'number',
          label: 'Firms abroad',
          base: 431,
          scenario: 352,
          format: 'integer',
          interval: { change: [-118, -41], label: '5–95 %' },
        },
      ],
    },
  ],
  assumptions: [
    {
      name: 'Trade elasticity',
      symbol: 'θ',
      value: 4.12,
      range: [3, 6],
      unit: 'none',
      source: 'Simonovska and Waugh (2014)',
      usedIn: 'trade costs of the chain',
    },
    {
      name: 'Discount factor',
      symbol: 'B',
      value: 0.95,
      range: [0.9, 0.98],
      unit: 'a year',
      source: 'convention',
      usedIn: 'sunk and fixed costs',
    },
    {
      name: 'Wage in East Asia relative to Italy',
      value: 0.22,
      unit: 'ratio',
      source: 'national accounts, 2010',
      usedIn: 'unit costs',
    },
  ],
  provenance: {
    command: 'reshore run pipelines/italy.ts --data fixtures/data/italy --out runs/italy --threads 2',
    inputs: waves.map((year, index) => ({
      path: `survey_${year}.csv`,
      sha256: hash(year),
      bytes: 181_204 - 811 * index,
      rows: files[index]!.rows! + 9,
    })),
    steps: ['ingest', 'panel', 'entry', 'exit', 'costs', 'chain', 'scenario'].map((name, index) => ({
      name,
      fingerprint: hash(index + 3),
    })),
    versions: [
      { name: 'reshore', version: '0.1.0' },
      { name: 'node', version: '20.19.0' },
      { name: '@duckdb/node-api', version: '1.5.6' },
    ],
    options: [
      { name: 'threads', value: 2 },
      { name: 'minCell', value: null },
    ],
    seeds: [{ name: 'simulate', value: 20060101 }],
  },
  notes: [
    {
      kind: 'warning',
      text: 'The published table is headed probit, its text says logit; both are shown and labelled.',
      where: 'Who goes abroad',
    },
    { kind: 'note', text: 'Ties by Efron; a firm that comes back and leaves again starts a new spell.' },
    { kind: 'note', text: 'Average effects are not computed here.', where: 'entry-models' },
  ],
}
