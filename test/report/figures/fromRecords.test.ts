import { describe, expect, it } from 'vitest'
import { coefficientFigure, envelopeFigure, maskFigure, survivalFigure, tauPathFigure } from '../../../src/report/index.js'
import { models } from '../italyRecords.js'

const words = { id: 'figure', title: 'Figure' }

describe('figures from records', () => {
  it('coefficients as ratios, without the intercept, masked with their model', () => {
    const figure = coefficientFigure(words, [models[2]!], { scale: 'ratio', labels: { foreign_share: 'Foreign share' } })
    expect(figure.valueLabel).toBe('hazard ratio')
    expect(figure.series[0]!.terms.at(-1)).toMatchObject({ label: 'Foreign share', estimate: Math.exp(-0.0192) })
    expect(coefficientFigure(words, [models[0]!]).series[0]!.terms.map(({ label }) => label)).not.toContain('(Intercept)')
    expect(maskFigure(figure, 215).marks).toBe(1)
  })
  it('refuse ratios of a probit', () =>
    expect(() => coefficientFigure(words, [models[1]!], { scale: 'ratio' })).toThrow('no reading as ratios'))
  it('typed arrays of curves become plain lists', () => {
    const figure = survivalFigure(words, [{ name: 'a', time: Float64Array.of(1, 2), survival: Float64Array.of(0.9, 0.8) }])
    expect(JSON.parse(JSON.stringify(figure))).toMatchObject({ curves: [{ time: [1, 2], survival: [0.9, 0.8] }] })
  })
  it('plans of the solvers with names of places', () => {
    const path = {
      breakpoints: [1],
      segments: [
        { from: 0, to: 1, location: [0, 1], productionCost: 1, transportQuantity: 1 },
        { from: 1, to: null, location: [0, 0], productionCost: 2, transportQuantity: 0 },
      ],
      reshored: [],
    }
    expect(tauPathFigure(words, path, { parts: ['a', 'b'], countries: ['IT', 'EA'] }).segments).toBe(path.segments)
    const figure = envelopeFigure(
      words,
      [{ name: 'base', plan: { segments: [{ chain: [1, 0], marginalCost: 1, fixedCost: 2, from: 0, to: null }] } }],
      { countries: ['IT', 'EA'] },
    )
    expect(figure.envelopes[0]!.segments[0]!.label).toBe('EA→IT')
  })
})
