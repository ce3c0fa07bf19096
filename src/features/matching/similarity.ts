/** How alike two texts are, from 0 to 1: by edits over letters, and by words weighted by how rare they are. */
import { distance } from 'fastest-levenshtein'

/** Upper bound of `editSimilarity`: the longer text needs as many edits as it is longer. */
export function lengthSimilarity(a: string, b: string): number {
  return Math.min(a.length, b.length) / Math.max(a.length, b.length)
}

/** 1 − edits / longer length (Levenshtein). */
export function editSimilarity(a: string, b: string): number {
  const longer = Math.max(a.length, b.length)
  return longer === 0 ? 0 : 1 - distance(a, b) / longer
}

/** Weight of a word: ln(1 + texts / texts with the word), so that `TEXTILE` says little and a rare word much. */
export type WordWeights = (word: string) => number

export function wordWeights(texts: readonly (readonly string[])[]): WordWeights {
  const counts = new Map<string, number>()
  for (const words of texts) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return (word) => Math.log(1 + texts.length / (counts.get(word) ?? 1))
}

/** A set of words with the squares of their weights, and its length. */
export interface WordVector {
  readonly squares: ReadonlyMap<string, number>
  readonly norm: number
}

export function wordVector(words: readonly string[], weight: WordWeights): WordVector {
  const squares = new Map(words.map((word) => [word, weight(word) ** 2]))
  let sum = 0
  for (const square of squares.values()) sum += square
  return { squares, norm: Math.sqrt(sum) }
}

/** Cosine of two sets of words; 0 where they share none. */
export function wordSimilarity(a: WordVector, b: WordVector): number {
  let shared = 0
  for (const [word, square] of a.squares) if (b.squares.has(word)) shared += square
  // Equal sets in another order may round above 1.
  return shared === 0 ? 0 : Math.min(1, shared / (a.norm * b.norm))
}
