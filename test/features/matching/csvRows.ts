/** A simulated supplier list as places: name, address and country in one spelling. */
import type { ListedPlace } from '../../../src/features/index.js'

const spellings: Readonly<Record<string, string>> = {
  'Viet Nam': 'Vietnam', 'China Mainland': 'China', INDONESIA: 'Indonesia', TURKEY: 'Turkey', 'United States of America': 'USA', 'KOREA (REPUBLIC OF)': 'South Korea',
}

export function csvRows(text: string): ListedPlace[] {
  const [header, ...rows] = text.trim().split('\n').map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => match[1] ?? match[2] ?? ''))
  const at = (row: readonly string[], name: string): string => row[header!.indexOf(name)]!
  return rows.map((row) => ({
    name: at(row, 'factory_name'), address: `${at(row, 'address')} ${at(row, 'city')} ${at(row, 'postal_code')}`, block: spellings[at(row, 'country')] ?? at(row, 'country'),
  }))
}
