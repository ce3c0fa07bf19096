/** Fixed figures of every kind, for tests of drawings and pages. Numbers are made up or follow from formulas. */
import { linksByDistance } from '../../src/report/index.js'
import type {
  BarFigure,
  CoefficientFigure,
  EnvelopeFigure,
  LineFigure,
  MapFigure,
  SurvivalFigure,
  TauPathFigure,
} from '../../src/report/index.js'
import { models } from './italyRecords.js'

const years = [1, 2, 3, 4, 5, 6]
const curve = (name: string, hazard: number, start: number): SurvivalFigure['curves'][number] => {
  const survival = years.map((year) => Math.exp(-hazard * year))
  return {
    name,
    time: years,
    survival,
    lower: survival.map((s, k) => s - 0.02 * (k + 1)),
    upper: survival.map((s, k) => Math.min(1, s + 0.018 * (k + 1))),
    atRisk: survival.map((_, k) => Math.round(start * Math.exp(-hazard * k) * 0.82 ** k)),
    events: survival.map((_, k) => Math.round(start * Math.exp(-hazard * k) * 0.82 ** k * (1 - Math.exp(-hazard)))),
  }
}

export const coefficients: CoefficientFigure = {
  kind: 'coefficients',
  id: 'coefficients',
  title: 'What goes with going abroad',
  scale: 'coefficient',
  valueLabel: 'coefficient',
  caption: 'Estimates with 95 % intervals. Logit and probit are on different scales by a factor of about 1.7.',
  series: models.slice(0, 2).map((model) => ({
    name: model.model,
    units: model.sample.groups,
    terms: model.terms
      .filter(({ term }) => !/Intercept|lag$|year/.test(term) || term === 'neighbours_lag')
      .map(({ term, estimate, conf }) => ({ label: term, estimate, conf })),
  })),
}

export const hazards: CoefficientFigure = {
  kind: 'coefficients',
  id: 'hazard-ratios',
  title: 'What speeds up the return',
  scale: 'ratio',
  valueLabel: 'hazard ratio',
  caption: 'Hazard ratios with 95 % intervals; left of one means a later return.',
  series: [
    {
      name: 'Cox',
      units: 214,
      terms: models[2]!.terms.map(({ term, estimate, conf }) => ({
        label: term,
        estimate: Math.exp(estimate),
        conf: [Math.exp(conf[0]), Math.exp(conf[1])],
      })),
    },
  ],
}

export const survival: SurvivalFigure = {
  kind: 'survival',
  id: 'survival',
  title: 'How long firms stay abroad',
  timeLabel: 'years since start',
  valueLabel: 'still abroad',
  caption: 'Kaplan–Meier curves of offshoring spells with 95 % bands.',
  curves: [curve('Clothing', 0.21, 486), curve('Footwear', 0.29, 255)],
}

export const provinces: MapFigure = {
  kind: 'map',
  id: 'provinces',
  title: 'Where offshoring firms are',
  valueLabel: 'offshoring firms, 2012',
  format: 'integer',
  geography: 'places',
  caption: 'Firms with foreign subcontractors by province.',
  places: [
    { name: 'Treviso', longitude: 12.24, latitude: 45.67, value: 61, units: 61 },
    { name: 'Fermo', longitude: 13.72, latitude: 43.16, value: 48, units: 48 },
    { name: 'Vicenza', longitude: 11.55, latitude: 45.55, value: 34, units: 34 },
    { name: 'Prato', longitude: 11.1, latitude: 43.88, value: 27, units: 27 },
    { name: 'Lecce', longitude: 18.17, latitude: 40.35, value: 22, units: 22 },
    { name: 'Barletta', longitude: 16.28, latitude: 41.32, value: 31, units: 31 },
    { name: 'Napoli', longitude: 14.27, latitude: 40.85, value: 12, units: 12 },
    { name: 'Milano', longitude: 9.19, latitude: 45.46, value: 18, units: 18 },
    { name: 'Nuoro', longitude: 9.33, latitude: 40.32, value: 2, units: 2 },
    { name: 'Bari', longitude: 16.87, latitude: 41.13, value: 9, units: 9 },
  ],
}

export const ranked: MapFigure = {
  ...provinces,
  id: 'provinces-ranked',
  title: 'Offshoring firms by province',
  places: provinces.places.map(({ name, value, units }) => ({ name, value, units })),
}

export const world: MapFigure = {
  kind: 'map',
  id: 'destinations',
  title: 'Where suppliers are',
  valueLabel: 'suppliers',
  format: 'integer',
  geography: 'countries',
  places: [
    ['156', 'China', 480],
    ['704', 'Vietnam', 130],
    ['380', 'Italy', 88],
    ['788', 'Tunisia', 52],
    ['642', 'Romania', 140],
    ['792', 'Turkey', 61],
    ['050', 'Bangladesh', 44],
    ['484', 'Mexico', 21],
    ['840', 'United States', 33],
    ['702', 'Singapore', 7],
  ].map(([country, name, value]) => ({
    country: country as string,
    name: name as string,
    value: value as number,
    units: value as number,
  })),
}

export const tauPath: TauPathFigure = {
  kind: 'tau-path',
  id: 'tau-path',
  title: 'Location of each part as trade costs fall',
  parts: ['part 1', 'part 2', 'part 3', 'part 4', 'part 5'],
  countries: ['Italy', 'East Asia'],
  caption: 'The published worked example: the third part comes home as trade gets cheaper.',
  segments: [
    { from: 0, to: 0.5, location: [0, 1, 0, 1, 0], productionCost: 16, transportQuantity: 4 },
    { from: 0.5, to: 1.5, location: [0, 1, 1, 1, 0], productionCost: 17, transportQuantity: 2 },
    { from: 1.5, to: null, location: [0, 0, 0, 0, 0], productionCost: 20, transportQuantity: 0 },
  ],
}

export const envelope: EnvelopeFigure = {
  kind: 'envelope',
  id: 'envelope',
  title: 'The cheapest chain at every quantity',
  cost: 'average',
  quantityLabel: 'pieces a year',
  caption: 'Average cost along the lower envelope; points are where the best chain changes.',
  envelopes: [
    {
      name: 'Base',
      segments: [
        { label: 'IT→IT', marginalCost: 4.2, fixedCost: 10, from: 0, to: 20 },
        { label: 'EU→IT', marginalCost: 3.1, fixedCost: 32, from: 20, to: 240 },
        { label: 'EA→EU', marginalCost: 2.35, fixedCost: 212, from: 240, to: null },
      ],
    },
  ],
}

export const lines: LineFigure = {
  kind: 'lines',
  id: 'share',
  title: 'Share of firms abroad',
  x: { label: 'year', format: 'year', ticks: [2006, 2008, 2010, 2012] },
  y: { label: 'share of firms', format: { percent: 1 }, domain: [0, 0.08] },
  series: [
    {
      name: 'observed',
      x: [2006, 2007, 2008, 2009, 2010, 2011, 2012],
      y: [0.038, 0.041, 0.043, 0.044, 0.042, 0.045, 0.046],
      lower: [0.034, 0.037, 0.039, 0.04, 0.038, 0.041, 0.042],
      upper: [0.042, 0.045, 0.047, 0.048, 0.046, 0.049, 0.05],
      units: [1900, 1890, 1870, 1850, 1840, 1820, 1800],
    },
    {
      name: 'without spillover',
      x: [2006, 2007, 2008, 2009, 2010, 2011, 2012],
      y: [0.038, 0.038, 0.037, 0.036, 0.034, 0.033, 0.033],
    },
  ],
}

export const bars: BarFigure = {
  kind: 'bars',
  id: 'sectors',
  title: 'Firms abroad by sector and destination',
  value: { label: 'firms' },
  counts: true,
  categories: ['Europe', 'North Africa', 'East Asia', 'Other'],
  series: [
    { name: 'Clothing', values: [240, 61, 172, 13] },
    { name: 'Footwear', values: [131, 52, 69, 3] },
  ],
}

export const links = linksByDistance(
  'links',
  'Links by distance',
  [1, 2.236, 5, 11.18, 25, 55.9, 125, 279.5, 625, 1397.5, 3125],
  [
    { name: 'continuing', counts: [310, 820, 1650, 2610, 2900, 2480, 1900, 1210, 530, 60] },
    { name: 'added', counts: [120, 260, 430, 640, 760, 690, 540, 350, 180, 30] },
  ],
)

export const figures = [coefficients, hazards, survival, provinces, ranked, world, tauPath, envelope, lines, bars, links]
