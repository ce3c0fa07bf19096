/**
 * Places on a map: circles over the coastline where places have coordinates, shaded countries for a map of the world, a ranked
 * chart where there is nothing to place them by. The outlines come from `world-atlas` (Natural Earth) in the package.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Feature, FeatureCollection, Geometry } from 'geojson'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { flat } from '../tables/cells.js'
import { escapeHtml } from '../tables/html.js'
import { formatNumber } from '../tables/numbers.js'
import { labelWidth, shortened } from './canvas.js'
import type { Canvas, Panel } from './canvas.js'
import { coastShade, landShade, paperShade, scaleShades, seriesColour } from './palette.js'
import type { MapFigure, MapPlace } from './records.js'

/** A ranked chart shows this many; the data behind the figure have all. */
const mostRanked = 24
/** The largest circles have their names beside them. */
const mostNamed = 6

export async function mapPanels(figure: MapFigure, canvas: Canvas): Promise<Panel[]> {
  if (figure.geography === 'countries' && figure.places.some(({ country }) => country !== undefined)) return countryPanels(figure, canvas)
  if (figure.places.some((place) => place.longitude !== undefined && place.latitude !== undefined)) return placePanels(figure, canvas)
  return [rankedPanel(figure, canvas)]
}

type Outlines = FeatureCollection<Geometry, { name: string }>

const outlines = new Map<'50m' | '110m', Promise<Outlines>>()

/** Countries in the given detail, read once. */
function countries(detail: '50m' | '110m'): Promise<Outlines> {
  if (!outlines.has(detail)) outlines.set(detail, readOutlines(detail))
  return outlines.get(detail)!
}

async function readOutlines(detail: '50m' | '110m'): Promise<Outlines> {
  const { feature } = await import('topojson-client')
  const text = await readFile(createRequire(import.meta.url).resolve(`world-atlas/countries-${detail}.json`), 'utf8')
  const topology = JSON.parse(text) as Topology<{ countries: GeometryCollection<{ name: string }> }>
  return feature(topology, topology.objects.countries)
}

async function placePanels(figure: MapFigure, canvas: Canvas): Promise<Panel[]> {
  const { Plot, width, narrow } = canvas
  const placed = figure.places.filter((place) => place.longitude !== undefined && place.latitude !== undefined)
  const shown = placed.filter(({ value }) => value !== null).sort((a, b) => Math.abs(b.value!) - Math.abs(a.value!))
  const [west, south, east, north] = boundsOf(placed)
  const land = (await countries('50m')).features
  const middle = Math.max(0.2, Math.cos((((south + north) / 2) * Math.PI) / 180))
  const height = Math.round(Math.min(narrow ? 460 : 560, Math.max(220, (width * (north - south)) / ((east - west) * middle))))
  const most = Math.max(...shown.map(({ value }) => Math.abs(value!)), 0)
  const map = canvas.panel(height, {
    margin: 0,
    projection: { type: 'mercator', domain: { type: 'MultiPoint', coordinates: [[west, south], [east, north]] } },
    r: { type: 'sqrt', domain: [0, most || 1], range: [0, largestRadius(canvas)] },
    marks: [
      Plot.geo(land, { fill: landShade.light, stroke: coastShade.light, strokeWidth: 0.7 }),
      Plot.dot(placed.filter(({ value }) => value === null), { x: 'longitude', y: 'latitude', symbol: 'times', stroke: 'currentColor', strokeOpacity: 0.6, r: 3, title: (place: MapPlace) => placeWords(place, figure) }),
      Plot.dot(shown, {
        x: 'longitude', y: 'latitude', r: (place: MapPlace) => Math.abs(place.value!), fill: (place: MapPlace) => seriesColour(place.value! < 0 ? 1 : 0), fillOpacity: 0.72,
        stroke: paperShade.light, strokeWidth: 0.8, title: (place: MapPlace) => placeWords(place, figure),
      }),
      ...named(shown, canvas, width / (east - west)).map((place) => Plot.text([place], {
        x: 'longitude', y: 'latitude', text: ({ name }: MapPlace) => shortened(name, 20), dy: largestRadius(canvas) * Math.sqrt(Math.abs(place.value!) / (most || 1)) + 8, fontSize: canvas.fontSize,
        fontWeight: 600, stroke: landShade.light, strokeWidth: 4, fill: 'currentColor',
      })),
    ],
    color: { type: 'identity' },
  })
  const rest = figure.places.length - placed.length
  return [circleKey(figure, canvas, most, { masked: placed.length - shown.length, missing: rest, negative: shown.some(({ value }) => value! < 0) }), map]
}

/** The places with the largest values whose names do not run into each other; a degree takes `scale` pixels. */
function named(largestFirst: readonly MapPlace[], { fontSize }: Canvas, scale: number): MapPlace[] {
  const kept: MapPlace[] = []
  for (const place of largestFirst.slice(0, mostNamed)) {
    const free = kept.every((other) => {
      const apart = (labelWidth(place.name, fontSize) + labelWidth(other.name, fontSize)) / 2
      return Math.abs(place.longitude! - other.longitude!) * scale > apart || Math.abs(place.latitude! - other.latitude!) * scale > 2 * fontSize
    })
    if (free) kept.push(place)
  }
  return kept
}

function largestRadius({ narrow }: Canvas): number {
  return narrow ? 16 : 22
}

/** West, south, east, north with room around; never narrower than two degrees. */
function boundsOf(places: readonly MapPlace[]): [number, number, number, number] {
  const around = (values: readonly number[]): [number, number] => {
    const [low, high] = [Math.min(...values), Math.max(...values)]
    const room = Math.max(1, 0.08 * (high - low))
    return [low - room, high + room]
  }
  const [west, east] = around(places.map(({ longitude }) => longitude!))
  const [south, north] = around(places.map(({ latitude }) => latitude!))
  return [west, Math.max(south, -84), east, Math.min(north, 84)]
}

/** Two circles that tell the scale, and what the other marks mean. */
function circleKey(figure: MapFigure, canvas: Canvas, most: number, counts: { masked: number; missing: number; negative: boolean }): Panel {
  const largest = largestRadius(canvas)
  const steps = [1, 0.25].map((share) => Number((most * share).toPrecision(1))).filter((value, index, all) => value > 0 && all.indexOf(value) === index)
  let x = 0
  const circles = steps.map((value) => {
    const radius = largest * Math.sqrt(value / (most || 1))
    const label = formatNumber(value, figure.format)
    const drawn = `<circle cx="${x + radius}" cy="38" r="${radius.toFixed(1)}" fill="${seriesColour(0)}" fill-opacity="0.72"/><text x="${x + 2 * radius + 5}" y="38" dy="0.34em">${escapeHtml(label)}</text>`
    x += 2 * radius + 5 + labelWidth(label, canvas.fontSize) + 14
    return drawn.replace(/\.\d{3,}/g, (digits) => digits.slice(0, 3))
  })
  const words = [figure.valueLabel, counts.negative ? 'negative in the second colour' : '', counts.masked > 0 ? `× no value shown (${counts.masked})` : '', counts.missing > 0 ? `${counts.missing} without coordinates` : '']
  const line = words.filter(Boolean).map(flat).join(' · ')
  const room = Math.floor(canvas.width / labelWidth('n', canvas.fontSize))
  return { height: 64, svg: `<g class="legend"><text x="0" y="11">${escapeHtml(shortened(line, room))}</text>${circles.join('')}</g>` }
}

async function countryPanels(figure: MapFigure, canvas: Canvas): Promise<Panel[]> {
  const { Plot, width } = canvas
  const byCode = new Map(figure.places.map((place) => [(place.country ?? '').padStart(3, '0'), place]))
  const land = (await countries('110m')).features.filter(({ id }) => id !== '010')
  const values = figure.places.flatMap(({ value }) => (value === null ? [] : [value]))
  const limits = classLimits(values)
  const colourOf = (feature: Feature): string => {
    const value = byCode.get(String(feature.id).padStart(3, '0'))?.value
    return value === undefined || value === null ? landShade.light : scaleShades[limits.filter((limit) => value >= limit).length]!.light
  }
  const map = canvas.panel(Math.round(width * 0.49), {
    margin: 0, projection: { type: 'equal-earth', domain: { type: 'FeatureCollection', features: land } }, color: { type: 'identity' },
    marks: [Plot.geo(land, {
      fill: colourOf, stroke: coastShade.light, strokeWidth: 0.5,
      title: (feature: Feature<Geometry, { name: string }>) => {
        const place = byCode.get(String(feature.id).padStart(3, '0'))
        return place === undefined ? feature.properties.name : placeWords(place, figure)
      },
    })],
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

function classKey(figure: MapFigure, canvas: Canvas, values: readonly number[], limits: readonly number[], absent: number): Panel {
  const ends = [Math.min(...values), ...limits, Math.max(...values)]
  const swatch = canvas.narrow ? 44 : 72
  const boxes = limits.length + 1
  const parts = Array.from({ length: values.length === 0 ? 0 : boxes }, (_, index) =>
    `<rect x="${index * swatch}" y="18" width="${swatch}" height="9" fill="${scaleShades[index]!.light}"/>`)
  const labels = values.length === 0 ? [] : ends.map((value, index) =>
    `<text x="${index * swatch}" y="40" text-anchor="${index === 0 ? 'start' : index === boxes ? 'end' : 'middle'}">${escapeHtml(formatNumber(value, figure.format ?? { significant: 2 }))}</text>`)
  const words = `${flat(figure.valueLabel)}${absent > 0 ? ` · ${absent} too small for this map: see the data` : ''}`
  return { height: 48, svg: `<g class="legend"><text x="0" y="11">${escapeHtml(shortened(words, canvas.narrow ? 54 : 100))}</text>${parts.join('')}${labels.join('')}</g>` }
}

function rankedPanel(figure: MapFigure, canvas: Canvas): Panel {
  const { Plot, narrow, fontSize } = canvas
  const ranked = figure.places.filter(({ value }) => value !== null).sort((a, b) => b.value! - a.value!).slice(0, mostRanked)
  const rows = ranked.map((place, index) => ({ index, value: place.value!, name: shortened(place.name, narrow ? 16 : 32), words: placeWords(place, figure), label: formatNumber(place.value!, figure.format) }))
  const room = Math.max(0, ...rows.map(({ label }) => labelWidth(label, fontSize)))
  return canvas.panel(34 + 20 * Math.max(1, rows.length), {
    marginLeft: Math.max(30, ...rows.map(({ name }) => labelWidth(name, fontSize))) + 12, marginRight: room + 14, marginTop: 26, marginBottom: 6, style: { fontSize: `${fontSize}px` },
    x: { axis: null, nice: false, zero: true }, y: { axis: null, domain: [-0.5, Math.max(1, rows.length) - 0.5], reverse: true },
    marks: [
      Plot.rect(rows, { x1: 0, x2: 'value', y1: (row: { index: number }) => row.index - 0.36, y2: (row: { index: number }) => row.index + 0.36, fill: seriesColour(0), title: 'words' }),
      Plot.text(rows, { frameAnchor: 'left', dx: -8, y: 'index', text: 'name', textAnchor: 'end' }),
      Plot.text(rows, { x: 'value', y: 'index', text: 'label', dx: 6, textAnchor: 'start', fontVariant: 'tabular-nums' }),
      Plot.text([shortened(figure.valueLabel, 60)], { frameAnchor: 'top-left', dy: -18, textAnchor: 'start', fontWeight: 600, text: (text: string) => text }),
    ],
  })
}

function placeWords({ name, value, units }: MapPlace, figure: MapFigure): string {
  const shown = value === null ? 'no value shown' : formatNumber(value, figure.format)
  return `${flat(name)}: ${shown}${units === undefined ? '' : ` (${formatNumber(units, 'integer')} ${figure.unitName ?? 'firms'})`}`
}
