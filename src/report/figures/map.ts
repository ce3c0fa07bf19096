/**
 * Places on a map: circles over the coastline where places have coordinates, shaded countries for a map of the world, a ranked
 * chart where there is nothing to place them by. The outlines come from `world-atlas` (Natural Earth) in the package.
 */
import { html } from '../markup.js'
import { flat } from '../tables/cells.js'
import { formatNumber } from '../tables/numbers.js'
import { labelWidth, shortened } from './canvas.js'
import type { Canvas, Markish, Panel } from './canvas.js'
import { countries, placeWords, polygonsNear } from './geography.js'
import { coastShade, landShade, paperShade, seriesColour } from './palette.js'
import { rankedPanel } from './rankedChart.js'
import type { MapFigure, MapPlace } from './records.js'
import { countryPanels } from './worldMap.js'

/** The largest circles have their names beside them. */
const mostNamed = 6
/** Degrees around the places within which land may come into view: a low map is wider than they are. */
const margin = 40

export async function mapPanels(figure: MapFigure, canvas: Canvas): Promise<Panel[]> {
  const coded = figure.places.some(({ country }) => country !== undefined)
  if (figure.geography === 'countries' && coded) return countryPanels(figure, canvas)
  if (figure.places.some(isPlaced)) return placePanels(figure, canvas)
  return [rankedPanel(figure, canvas)]
}

/** A place with coordinates. */
type Placed = MapPlace & { readonly longitude: number; readonly latitude: number }

function isPlaced(place: MapPlace): place is Placed {
  return place.longitude !== undefined && place.latitude !== undefined
}

async function placePanels(figure: MapFigure, canvas: Canvas): Promise<Panel[]> {
  const { Plot, width, narrow } = canvas
  const placed = figure.places.filter(isPlaced)
  const shown = placed.filter(({ value }) => value !== null).sort((a, b) => sizeOf(b) - sizeOf(a))
  const [west, south, east, north] = boundsOf(placed)
  const land = polygonsNear(await countries('50m'), [west - margin, south - margin, east + margin, north + margin])
  const middle = Math.max(0.2, Math.cos((((south + north) / 2) * Math.PI) / 180))
  const wanted = (width * (north - south)) / ((east - west) * middle)
  const most = Math.max(0, ...shown.map(sizeOf))
  const corners = [[west, south] as [number, number], [east, north] as [number, number]]
  const map = canvas.panel(Math.round(Math.min(narrow ? 460 : 560, Math.max(220, wanted))), {
    margin: 0,
    projection: { type: 'mercator', domain: { type: 'MultiPoint', coordinates: corners } },
    r: { type: 'sqrt', domain: [0, most || 1], range: [0, largestRadius(canvas)] },
    marks: [
      Plot.geo(land, { fill: landShade.light, stroke: coastShade.light, strokeWidth: 0.7 }),
      ...circleMarks(figure, canvas, placed, shown),
      ...nameMarks(canvas, named(shown, canvas, width / (east - west)), most),
    ],
  })
  const counts = {
    masked: placed.length - shown.length,
    missing: figure.places.length - placed.length,
    negative: shown.some(({ value }) => value! < 0),
  }
  return [circleKey(figure, canvas, most, counts), map]
}

function sizeOf({ value }: MapPlace): number {
  return Math.abs(value ?? 0)
}

/** A circle for each value; a cross where none is shown. */
function circleMarks(figure: MapFigure, { Plot }: Canvas, placed: readonly Placed[], shown: readonly Placed[]): Markish[] {
  const at = { x: 'longitude', y: 'latitude', title: (place: MapPlace) => placeWords(place, figure) }
  const without = placed.filter(({ value }) => value === null)
  return [
    Plot.dot(without, { ...at, symbol: 'times', stroke: 'currentColor', strokeOpacity: 0.6, r: 3 }),
    Plot.dot(shown, {
      ...at,
      r: sizeOf,
      fill: (place: MapPlace) => seriesColour(place.value! < 0 ? 1 : 0),
      fillOpacity: 0.72,
      stroke: paperShade.light,
      strokeWidth: 0.8,
    }),
  ]
}

/** Names below their circles; one mark each, because the distance depends on the circle. */
function nameMarks(canvas: Canvas, places: readonly Placed[], most: number): Markish[] {
  return places.map((place) =>
    canvas.Plot.text([place], {
      x: 'longitude',
      y: 'latitude',
      text: ({ name }: MapPlace) => shortened(name, 20),
      dy: largestRadius(canvas) * Math.sqrt(sizeOf(place) / (most || 1)) + 8,
      fontSize: canvas.fontSize,
      fontWeight: 600,
      stroke: landShade.light,
      strokeWidth: 4,
      fill: 'currentColor',
    }),
  )
}

/** The places with the largest values whose names do not run into each other; a degree takes `scale` pixels. */
function named(largestFirst: readonly Placed[], { fontSize }: Canvas, scale: number): Placed[] {
  const kept: Placed[] = []
  for (const place of largestFirst.slice(0, mostNamed)) {
    const free = kept.every((other) => {
      const apart = (labelWidth(place.name, fontSize) + labelWidth(other.name, fontSize)) / 2
      return (
        Math.abs(place.longitude - other.longitude) * scale > apart ||
        Math.abs(place.latitude - other.latitude) * scale > 2 * fontSize
      )
    })
    if (free) kept.push(place)
  }
  return kept
}

function largestRadius({ narrow }: Canvas): number {
  return narrow ? 16 : 22
}

/** West, south, east, north with room around; never narrower than two degrees. */
function boundsOf(places: readonly Placed[]): [number, number, number, number] {
  const around = (values: readonly number[]): [number, number] => {
    const [low, high] = [Math.min(...values), Math.max(...values)]
    const room = Math.max(1, 0.08 * (high - low))
    return [low - room, high + room]
  }
  const [west, east] = around(places.map(({ longitude }) => longitude))
  const [south, north] = around(places.map(({ latitude }) => latitude))
  return [west, Math.max(south, -84), east, Math.min(north, 84)]
}

/** Two circles that tell the scale, and what the other marks mean. */
function circleKey(
  figure: MapFigure,
  canvas: Canvas,
  most: number,
  counts: { masked: number; missing: number; negative: boolean },
): Panel {
  const largest = largestRadius(canvas)
  const steps = [1, 0.25]
    .map((share) => Number((most * share).toPrecision(1)))
    .filter((value, index, all) => value > 0 && all.indexOf(value) === index)
  let x = 0
  const circles = steps.map((value) => {
    const radius = Math.round(10 * largest * Math.sqrt(value / (most || 1))) / 10
    const label = formatNumber(value, figure.format)
    const circle = html`<circle cx="${x + radius}" cy="38" r="${radius}" fill="${seriesColour(0)}" fill-opacity="0.72" />`
    const text = html`<text x="${x + 2 * radius + 5}" y="38" dy="0.34em">${label}</text>`
    x += Math.round(2 * radius) + 19 + labelWidth(label, canvas.fontSize)
    return [circle, text]
  })
  const words = [
    figure.valueLabel,
    counts.negative ? 'negative in the second colour' : '',
    counts.masked > 0 ? `× no value shown (${counts.masked})` : '',
    counts.missing > 0 ? `${counts.missing} without coordinates` : '',
  ]
  const line = words.filter(Boolean).map(flat).join(' · ')
  const room = Math.floor(canvas.width / labelWidth('n', canvas.fontSize))
  return { height: 64, svg: html`<g class="legend"><text x="0" y="11">${shortened(line, room)}</text>${circles}</g>` }
}
