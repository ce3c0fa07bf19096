/** Settings of studies that are counts. */
import { ReshoreError } from 'reshore'

/** The settings, which must be whole numbers of at least 1. */
export function counts<T extends Readonly<Record<string, number>>>(settings: T): T {
  for (const [name, value] of Object.entries(settings)) {
    if (!Number.isSafeInteger(value) || value < 1) throw new ReshoreError('SettingError', `setting ${name} is ${value}`, 'Give a whole number of at least 1.', 2)
  }
  return settings
}
