import { describe, expect, it } from 'vitest'
import { drawFigure, figureTable, maskFigure, renderCsv } from '../../../src/report/index.js'
import type { FigureModel, SurvivalFigure } from '../../../src/report/index.js'
import { bars, coefficients, figures, lines, links, provinces, survival } from '../italyFigures.js'

const csv = (figure: FigureModel): Promise<string> => renderCsv(figureTable(figure))

describe('--min-cell on figures', () => {
  it('a place below N leaves no number in the map, its data or its drawing', async () => {
    const { figure, marks } = maskFigure(provinces, 5)
    expect(marks).toBe(1)
    expect(await csv(figure)).toContain('\nNuoro,[c],[c],9.33,40.32\n')
    const svg = await drawFigure(figure)
    expect(svg).toContain('Nuoro: no value shown')
    expect(svg).toContain('1 mark is hidden as confidential.')
  })
  it('counts in bars', async () => {
    const { figure, marks } = maskFigure(bars, 14)
    expect(marks).toBe(2)
    expect(await csv(figure)).toContain('Other,[c],[c]')
  })
  it('counts in histograms', async () => {
    const { figure, marks } = maskFigure(links, 61)
    expect(marks).toBe(2)
    expect(await csv(figure)).toContain('1397.5,3125,[c],[c]')
  })
  it('points of lines and models of coefficient plots', () => {
    expect(maskFigure(lines, 1850).marks).toBe(3)
    expect(maskFigure(coefficients, 2000).marks).toBe(2)
  })
  it('steps wait for enough events, and curves end with the numbers at risk', () => {
    const curve = {
      name: 'a',
      time: [1, 2, 3, 4, 5],
      survival: [0.98, 0.9, 0.8, 0.7, 0.6],
      atRisk: [100, 80, 60, 20, 4],
      events: [2, 7, 3, 4, 1],
    }
    const { figure, marks } = maskFigure({ ...survival, curves: [curve] }, 5)
    expect(marks).toBe(3)
    expect((figure as SurvivalFigure).curves[0]).toMatchObject({
      time: [2, 4],
      survival: [0.9, 0.7],
      atRisk: [80, 20],
      events: [9, 7],
    })
  })
  it.each(figures)('$id: nothing hidden, nothing changed', (figure) =>
    expect(maskFigure(figure, 1)).toEqual({ figure, marks: 0 }),
  )
})
