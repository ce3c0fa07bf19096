/** Figures at the edge of what there is to draw: empty, single, constant, hidden, negative, long. None may fail or print a broken number. */
import { describe, expect, it } from 'vitest'
import { drawFigure, figureTable, maskFigure, renderCsv } from '../../../src/report/index.js'
import type { FigureModel } from '../../../src/report/index.js'
import {
  bars,
  coefficients,
  envelope,
  figures,
  lines,
  links,
  provinces,
  ranked,
  survival,
  tauPath,
  world,
} from '../italyFigures.js'

const long = 'Sehr lange Bezeichnung mit <Sonderzeichen> & 東京都千代田区 '.repeat(4)
const edges: Record<string, FigureModel> = {
  'no series': { ...lines, series: [] },
  'one point': { ...lines, series: [{ name: 'a', x: [2006], y: [0.04] }] },
  'one constant line': { ...lines, y: { label: 'y' }, x: { label: 'x' }, series: [{ name: 'a', x: [1, 2], y: [0, 0] }] },
  'no coefficients': { ...coefficients, series: [] },
  'unbounded interval': {
    ...coefficients,
    series: [
      {
        name: 'a',
        terms: [
          { label: 'x', estimate: 1, conf: [-Infinity, Infinity] },
          { label: 'y', estimate: 0, conf: [0, 0] },
        ],
      },
    ],
  },
  'ratio near zero': {
    ...coefficients,
    scale: 'ratio',
    series: [{ name: 'a', terms: [{ label: 'x', estimate: 1e-4, conf: [1e-6, 1e-2] }] }],
  },
  'no curve': { ...survival, curves: [] },
  'curve without steps': { ...survival, curves: [{ name: 'a', time: [], survival: [] }] },
  'curve from zero': { ...survival, curves: [{ name: 'a', time: [0, 0.5], survival: [1, 0.2] }] },
  'one place': { ...provinces, places: [provinces.places[0]!] },
  'no value in any place': { ...provinces, places: provinces.places.map((place) => ({ ...place, value: null })) },
  'negative and zero values': { ...provinces, places: provinces.places.map((place, index) => ({ ...place, value: index - 3 })) },
  'no place': { ...ranked, places: [] },
  'countries without values': { ...world, places: [{ name: 'China', country: '156', value: null }] },
  'countries with one value': {
    ...world,
    places: [
      { name: 'China', country: '156', value: 2 },
      { name: 'Chad', country: '148', value: 2 },
    ],
  },
  'path without breakpoint': { ...tauPath, segments: [tauPath.segments[2]!] },
  'envelope without kink': {
    ...envelope,
    envelopes: [{ name: 'a', segments: [{ label: 'IT', marginalCost: 1, fixedCost: 0, from: 0, to: null }] }],
  },
  'two envelopes': { ...envelope, envelopes: [envelope.envelopes[0]!, { ...envelope.envelopes[0]!, name: 'Scenario' }] },
  'bars hidden': maskFigure(bars, 1_000).figure,
  'negative bars': { ...bars, counts: false, series: [{ name: 'a', values: [-2, 3, null, 0] }] },
  'stacked bars': { ...bars, arrangement: 'stacked' },
  'histogram of nothing': { ...links, series: [{ name: 'a', counts: links.edges.slice(1).map(() => 0) }] },
  'long names': {
    ...bars,
    title: long,
    categories: bars.categories.map((category) => category + long),
    series: bars.series.map((series) => ({ ...series, name: long })),
  },
}

describe('figures at the edge', () => {
  it.each(Object.keys(edges))('%s', async (name) => {
    for (const width of [350, 720]) {
      const svg = await drawFigure(edges[name]!, { width })
      expect(svg).not.toMatch(/NaN|Infinity|undefined|="null"/)
      const [, , , drawnWidth, height] = svg.match(/viewBox="(\S+) (\S+) (\S+) (\S+)"/)!.map(Number)
      expect(drawnWidth).toBeGreaterThan(40)
      expect(height).toBeLessThan(2_000)
    }
    expect(await renderCsv(figureTable(edges[name]!))).not.toMatch(/NaN|undefined/)
  })
  it.each(figures)('$id with everything hidden', async (figure) => {
    const { figure: hidden, marks } = maskFigure(figure, 1_000_000)
    expect(await drawFigure(hidden)).not.toMatch(/NaN|Infinity|undefined/)
    expect(marks > 0).toBe(figure.kind !== 'tau-path' && figure.kind !== 'envelope')
  })
})
