import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { drawFigure, figureTable, renderCsv } from '../../../src/report/index.js'
import type { FigureModel } from '../../../src/report/index.js'
import {
  bars,
  coefficients,
  envelope,
  figures,
  hazards,
  lines,
  links,
  provinces,
  ranked,
  survival,
  tauPath,
  world,
} from '../italyFigures.js'

const parsed = (svg: string): Element => parseHTML(`<body>${svg}</body>`).document.querySelector('svg')!
const textsIn = (svg: string): string[] => [...parsed(svg).querySelectorAll('text')].map(({ textContent }) => textContent)

describe('figures', () => {
  it.each([coefficients, hazards, survival, ranked, tauPath, envelope, lines, bars, links])(
    '$id is drawn as before',
    async (figure) => {
      expect(await drawFigure(figure)).toMatchSnapshot()
    },
  )
  it.each(figures)('$id: same bytes twice, a name, nothing remote, no style or script, no broken number', async (figure) => {
    const svg = await drawFigure(figure)
    expect(await drawFigure(figure)).toBe(svg)
    expect(svg).toContain(`<title id="${figure.id}-title">`)
    expect(svg).not.toMatch(/<style|<script|<image|href=|url\(http|NaN|Infinity|undefined/)
    expect([...parsed(svg).querySelectorAll('[id]')].every(({ id }) => id.startsWith(figure.id))).toBe(true)
  })
  it.each(figures)('$id: narrow, too', async (figure) =>
    expect(await drawFigure(figure, { width: 350, idPrefix: 'narrow' })).toContain('viewBox="0 0 350 '),
  )
  it.each(figures)('$id: has its data', async (figure) =>
    expect((await renderCsv(figureTable(figure))).split('\n').length).toBeGreaterThan(3),
  )
})

describe('what figures show', () => {
  it('links by distance have the published ticks', async () => {
    expect(textsIn(await drawFigure(links)).filter((text) => /^\d+$/.test(text) && Number(text) > 1)).toEqual(
      expect.arrayContaining(['5', '25', '125', '625', '3125']),
    )
  })
  it('the path of trade costs has a mark at each breakpoint and merges runs of one country', async () => {
    const svg = parsed(await drawFigure(tauPath))
    const titles = [...svg.querySelectorAll('rect title')].map(({ textContent }) => textContent)
    expect([...svg.querySelectorAll('circle title')].map(({ textContent }) => textContent)).toEqual(['τ = 0.5000', 'τ = 1.500'])
    expect(titles.filter((title) => title.startsWith('part 3'))).toEqual([
      'part 3: Italy for τ from 0 to 0.5000',
      'part 3: East Asia for τ from 0.5000 to 1.500',
      'part 3: Italy for τ from 1.500 to ∞',
    ])
    expect(titles.filter((title) => title.startsWith('part 1'))).toEqual(['part 1: Italy for τ from 0 to ∞'])
  })
  it('the envelope names its chains and its kinks', async () => {
    const svg = parsed(await drawFigure(envelope))
    expect([...svg.querySelectorAll('circle title')].map(({ textContent }) => textContent)).toEqual([
      'from IT→IT to EU→IT at 20.00',
      'from EU→IT to EA→EU at 240.0',
    ])
    expect(textsIn(await drawFigure(envelope))).toEqual(expect.arrayContaining(['IT→IT', 'EU→IT', 'EA→EU']))
  })
  it('survival curves have the numbers at risk', async () => {
    expect(textsIn(await drawFigure(survival))).toEqual(expect.arrayContaining(['Number at risk', '486', '255']))
  })
  it('places without coordinates are ranked', async () => {
    expect(textsIn(await drawFigure(ranked)).slice(0, 3)).toEqual(['Treviso', 'Fermo', 'Vicenza'])
  })
  it('the map draws a circle for each place over the coast, and says when places have no coordinates', async () => {
    const svg = await drawFigure({ ...provinces, places: [...provinces.places, { name: 'Atlantide', value: 3 }] })
    expect(parsed(svg).querySelectorAll('circle title')).toHaveLength(provinces.places.length)
    expect(textsIn(svg).join(' ')).toContain('1 without coordinates')
  })
  it('the map of the world shades countries and says which are too small', async () => {
    const svg = await drawFigure(world)
    expect(textsIn(svg)).toContain('suppliers · 1 too small for this map: see the data')
    expect([...parsed(svg).querySelectorAll('path title')].map(({ textContent }) => textContent)).toContain(
      'China: 480 (480 firms)',
    )
  })
})

describe('text from data', () => {
  it('stays text in a drawing', async () => {
    const hostile = '<script>alert(1)</script>" onload="x\u0000\u001b'
    const figure: FigureModel = {
      ...bars,
      id: 'hostile',
      title: hostile,
      caption: hostile,
      categories: [hostile, 'b', 'c', 'd'],
      series: [
        { name: hostile, values: [1, 2, 3, 4] },
        { name: 'x', values: [1, 1, 1, 1] },
      ],
    }
    const svg = await drawFigure(figure)
    expect(svg).not.toMatch(/<script|[\u0000\u001b]/)
    expect([...parsed(svg).querySelectorAll('*')].some((element) => element.hasAttribute('onload'))).toBe(false)
  })
  it('a value that is not a number is an error that names the figure', async () => {
    await expect(drawFigure({ ...lines, series: [{ name: 'a', x: [1], y: [NaN] }] })).rejects.toThrow('Figure share holds')
  })
})
