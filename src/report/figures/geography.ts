/** Outlines of countries from `world-atlas` (Natural Earth) in the package, and what a place says of itself. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Feature, FeatureCollection, Geometry, MultiPolygon, Position } from 'geojson'
import type { GeometryCollection, Topology } from 'topojson-specification'
import { flat } from '../tables/cells.js'
import { formatNumber } from '../tables/numbers.js'
import type { MapFigure, MapPlace } from './records.js'

type Outlines = FeatureCollection<Geometry, { name: string }>

const outlines = new Map<'50m' | '110m', Promise<Outlines>>()

/** Countries in the given detail, read once. */
export function countries(detail: '50m' | '110m'): Promise<Outlines> {
  if (!outlines.has(detail)) outlines.set(detail, readOutlines(detail))
  return outlines.get(detail)!
}

async function readOutlines(detail: '50m' | '110m'): Promise<Outlines> {
  const { feature } = await import('topojson-client')
  const text = await readFile(createRequire(import.meta.url).resolve(`world-atlas/countries-${detail}.json`), 'utf8')
  const topology = JSON.parse(text) as Topology<{ countries: GeometryCollection<{ name: string }> }>
  return feature(topology, topology.objects.countries)
}

/** West, south, east, north in degrees. */
export type Bounds = readonly [number, number, number, number]

/** The polygons of a collection that come near the bounds; projecting the others would take most of the time of a map. */
export function polygonsNear({ features }: Outlines, bounds: Bounds): Feature<MultiPolygon>[] {
  return features.flatMap(({ geometry }): Feature<MultiPolygon>[] => {
    const polygons =
      geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : []
    const coordinates = polygons.filter(([outer = []]) => comesNear(outer, bounds))
    return coordinates.length === 0 ? [] : [{ type: 'Feature', properties: {}, geometry: { type: 'MultiPolygon', coordinates } }]
  })
}

function comesNear(ring: readonly Position[], [west, south, east, north]: Bounds): boolean {
  const between = (axis: 0 | 1, low: number, high: number): boolean =>
    ring.some((point) => point[axis]! >= low) && ring.some((point) => point[axis]! <= high)
  return between(0, west, east) && between(1, south, north)
}

/** The place with its value and what it rests on. */
export function placeWords({ name, value, units }: MapPlace, figure: MapFigure): string {
  const shown = value === null ? 'no value shown' : formatNumber(value, figure.format)
  return `${flat(name)}: ${shown}${units === undefined ? '' : ` (${formatNumber(units, 'integer')} ${figure.unitName ?? 'firms'})`}`
}
