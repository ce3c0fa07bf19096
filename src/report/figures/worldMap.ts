/** Countries of the world shaded by value, in five classes of about as many countries each. */
import type { Feature, Geometry } from 'geojson'
import { html } from '../markup.js'
import { flat } from '../tables/cells.js'
import { formatNumber } from '../tables/numbers.js'
import { shortened } from './canvas.js'
import type { Canvas, Panel } from './canvas.js'
import { countries, placeWords } from './geography.js'
import { coastShade, landShade, scaleShades } from './palette.js'
import type { MapFigure } from './records.js'

export async function countryPanels(figure: MapFigure, canvas: Canvas): Promise<Panel[]> {
  const { Plot, width } = canvas
  const byCode = new Map(figure.places.map((place) => [(place.country ?? '').padStart(3, '0'), place]))
  const land = (await countries('110m')).features.filter(({ id }) => id !== '010')
  const values = figure.places.flatMap(({ value }) => (value === null ? [] : [value]))
  const limits = classLimits(values)
  const colourOf = (feature: Feature): string => {
    const value = byCode.get(String(feature.id).padStart(3, '0'))?.value
    return value === undefined || value === null
      ? landShade.light
      : scaleShades[limits.filter((limit) => value >= limit).length]!.light
  }
  const map = canvas.panel(Math.round(width * 0.49), {
    margin: 0,
    projection: { type: 'equal-earth', domain: { type: 'FeatureCollection', features: land } },
    marks: [
      Plot.geo(land, {
        fill: colourOf,
        stroke: coastShade.light,
        strokeWidth: 0.5,
        title: (feature: Feature<Geometry, { name: string }>) => {
          const place = byCode.get(String(feature.id).padStart(3, '0'))
          return place === undefined ? feature.properties.name : placeWords(place, figure)
        },
      }),
    ],
  })
  const drawn = new Set(land.map(({ id }) => String(id).padStart(3, '0')))
  const absent = [...byCode].filter(([code]) => !drawn.has(code)).length
  return [classKey(figure, canvas, values, limits, absent), map]
}

/** Upper ends of four of five classes with about as many countries each. */
function classLimits(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  const limits = [0.2, 0.4, 0.6, 0.8].map((share) => sorted[Math.floor(share * sorted.length)] ?? 0)
  return limits.filter((limit, index) => limit > (index === 0 ? sorted[0]! : limits[index - 1]!))
}

/** Swatches of the classes with their ends below. */
function classKey(
  figure: MapFigure,
  canvas: Canvas,
  values: readonly number[],
  limits: readonly number[],
  absent: number,
): Panel {
  const swatch = canvas.narrow ? 44 : 72
  const classes = values.length === 0 ? 0 : limits.length + 1
  const ends = classes === 0 ? [] : [Math.min(...values), ...limits, Math.max(...values)]
  const boxes = Array.from(
    { length: classes },
    (_, index) => html`<rect x="${index * swatch}" y="18" width="${swatch}" height="9" fill="${scaleShades[index]!.light}" />`,
  )
  const labels = ends.map((value, index) => {
    const anchor = index === 0 ? 'start' : index === classes ? 'end' : 'middle'
    const text = formatNumber(value, figure.format ?? { significant: 2 })
    return html`<text x="${index * swatch}" y="40" text-anchor="${anchor}">${text}</text>`
  })
  const absence = absent > 0 ? ` · ${absent} too small for this map: see the data` : ''
  const words = shortened(flat(figure.valueLabel) + absence, canvas.narrow ? 54 : 100)
  return { height: 48, svg: html`<g class="legend"><text x="0" y="11">${words}</text>${boxes}${labels}</g>` }
}
