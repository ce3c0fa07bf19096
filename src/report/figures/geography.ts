/** Outlines of countries from `world-atlas` (Natural Earth) in the package, and what a place says of itself. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { FeatureCollection, Geometry } from 'geojson'
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

/** The place with its value and what it rests on. */
export function placeWords({ name, value, units }: MapPlace, figure: MapFigure): string {
  const shown = value === null ? 'no value shown' : formatNumber(value, figure.format)
  return `${flat(name)}: ${shown}${units === undefined ? '' : ` (${formatNumber(units, 'integer')} ${figure.unitName ?? 'firms'})`}`
}
