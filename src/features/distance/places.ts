/**
 * Where firms are: the coordinates of their municipality, or their own. A gazetteer has one row a municipality with `municipality`,
 * `latitude`, `longitude` (degrees) and `area` (square kilometres).
 *
 * Missing-value rule: a firm without a municipality, or with one the gazetteer lacks, has no place, and its distances are
 * missing. `checkGazetteer` names the municipalities that lack one, and fails unless told to count.
 */
import { ReshoreError } from '../../errors.js'
import { id, relation, sql, type } from '../../engine/index.js'
import type { Engine, Relation, Sql } from '../../engine/records.js'
import { lackingCodes, named, type LackingCode } from '../lackingCodes.js'

export interface PlaceSources {
  /** Firm master: one row a firm and year, with `year`, `firm` and `municipality`. */
  readonly firms: Relation
  readonly municipalities: Relation
}

export interface PlaceOptions {
  /** `firm`: the master's own `latitude` and `longitude` where a firm has both. Default `municipality`. */
  readonly coordinates?: 'municipality' | 'firm'
}

/** Places keyed by year and firm: `municipality`, `latitude`, `longitude`, `area`, and `exact` (1 for a firm's own coordinates). */
export function firmPlaces(sources: PlaceSources, options: PlaceOptions = {}, carried: readonly Sql[] = []): Relation {
  return relation('firm_places', { key: ['year', 'firm'] }, sql`
    SELECT f.year, f.firm, ${placeColumns(options)}${carried.length === 0 ? sql`` : sql`, ${carried}`}
    FROM ${sources.firms} AS f LEFT JOIN ${sources.municipalities} AS m ON m.municipality = f.municipality`)
}

function placeColumns({ coordinates = 'municipality' }: PlaceOptions): Sql {
  const float = (alias: string, column: string): Sql => sql`CAST(${id(alias, column)} AS ${type('float')})`
  const area = sql`${float('m', 'area')} AS area`
  if (coordinates === 'municipality') {
    return sql`f.municipality, ${float('m', 'latitude')} AS latitude, ${float('m', 'longitude')} AS longitude, ${area}, 0 AS exact`
  }
  if (coordinates !== 'firm') {
    throw new ReshoreError('OptionError', `coordinates is \`${String(coordinates)}\``, "Choose 'municipality' or 'firm'.", 2)
  }
  const own = sql`f.latitude IS NOT NULL AND f.longitude IS NOT NULL`
  const either = (column: string): Sql => sql`CASE WHEN ${own} THEN ${float('f', column)} ELSE ${float('m', column)} END AS ${id(column)}`
  return sql`f.municipality, ${either('latitude')}, ${either('longitude')}, ${area}, CASE WHEN ${own} THEN 1 ELSE 0 END AS exact`
}

/**
 * Municipalities of firms that the gazetteer lacks or has without coordinates or area, with the rows of the master they stand
 * in. By default any is a `GazetteerError` that names the most frequent; with `lacking: 'count'` they are only returned.
 *
 * @example const lacking = await checkGazetteer(engine, { firms, municipalities }, { lacking: 'count' })
 */
export async function checkGazetteer(
  engine: Engine, { firms, municipalities }: PlaceSources, { lacking = 'error' }: { readonly lacking?: 'error' | 'count' } = {},
): Promise<readonly LackingCode[]> {
  const complete = relation('located', { key: ['code'] }, sql`
    SELECT municipality AS code FROM ${municipalities} AS m
    WHERE m.latitude IS NOT NULL AND m.longitude IS NOT NULL AND m.area IS NOT NULL`)
  const found = await lackingCodes(engine, { rows: firms, column: 'municipality', known: complete })
  if (found.length === 0 || lacking === 'count') return found
  throw new ReshoreError(
    'GazetteerError',
    `the gazetteer has no coordinates and area for ${found.length} municipalities of firms: ${named(found)}`,
    "Add them to the gazetteer, correct the codes, or pass lacking: 'count' to leave the distances of these firms missing.",
  )
}
