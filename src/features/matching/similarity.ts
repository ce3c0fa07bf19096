/** How alike two texts are, from 0 to 1: by edits over letters, and by words weighted by how rare they are. */
import { distance } from 'fastest-levenshtein'

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

/** Cosine of the two sets of words, each with the square of its weight; 0 where a text is empty. */
export function wordSimilarity(a: readonly string[], b: readonly string[], weight: WordWeights): number {
  const others = new Set(b)
  let shared = 0
  for (const word of new Set(a)) if (others.has(word)) shared += weight(word) ** 2
  // Equal sets in another order may round above 1.
  return shared === 0 ? 0 : Math.min(1, shared / (norm(a, weight) * norm(b, weight)))
}

function norm(words: readonly string[], weight: WordWeights): number {
  let sum = 0
  for (const word of new Set(words)) sum += weight(word) ** 2
  return Math.sqrt(sum)
}
