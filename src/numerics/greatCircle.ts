/** Mean Earth radius of the International Union of Geodesy and Geophysics, kilometres. */
export const earthRadius = 6371.0088

/**
 * Great-circle distance in kilometres between two points in degrees (haversine on a sphere of mean Earth radius).
 *
 * @example
 * const milanToTunis = greatCircle(45.46, 9.19, 36.81, 10.18) // about 965 km
 */
export function greatCircle(latitude1: number, longitude1: number, latitude2: number, longitude2: number): number {
  const radians = Math.PI / 180
  const sinLatitude = Math.sin(((latitude2 - latitude1) * radians) / 2)
  const sinLongitude = Math.sin(((longitude2 - longitude1) * radians) / 2)
  const h = sinLatitude ** 2 + Math.cos(latitude1 * radians) * Math.cos(latitude2 * radians) * sinLongitude ** 2
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h)))
}
