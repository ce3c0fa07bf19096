/** What neither shares nor links identify, and the sizes of the scenarios. Every number is printed on the page with its source. */
import type { ExternalAssumption } from 'reshore'

export const assumptions = {
  listed: {
    name: 'share of listed suppliers', value: 0.05, range: [0.005, 0.15], unit: 'share',
    source: 'Assumed, of purchases at home: these count what is made in house and what is bought without a listed relation. Values of links replace it where there are any.',
  },
  potentialShare: {
    name: 'η in η + ψ', value: 0.5, range: [0, 1], unit: 'share',
    source: 'Assumed: links without values identify the sum alone. Values of links replace it where there are any.',
  },
  foreignDispersion: {
    name: 'dispersion of foreign costs', value: 1, range: [0.5, 2], unit: 'as κ',
    source: 'Assumed, of fixed costs of foreign sources: that an input is imported says that it pays, not by how much.',
  },
  distanceCut: { name: 'fall of elasticities', value: 0.1, range: [0.05, 0.15], unit: 'share', source: 'Chosen, of η + ψ: the size of the scenario.' },
} as const satisfies Readonly<Record<string, ExternalAssumption>>

export type AssumedName = keyof typeof assumptions
