/**
 * Names and addresses as words that can be compared: upper case, accents and points taken off, letters of any script kept,
 * abbreviations written out, legal forms left out of names. Words are cut between letters and digits (`KM14` is `KM 14`).
 */
import { addressWords, legalForms, nameWords } from './words.js'

export interface NormalName {
  readonly words: readonly string[]
  /** The words without spaces: `YOUNGSUN` for `Young Sun Co., Ltd`. */
  readonly key: string
  /** Numbers in it, also Roman ones and single letters that count plants: what tells `Factory 1` from `Factory 2`. */
  readonly numbers: string
}

const stroked: Readonly<Record<string, string>> = { Đ: 'D', Ð: 'D', Ł: 'L', Ø: 'O', Æ: 'AE', Œ: 'OE', Þ: 'TH', İ: 'I', ẞ: 'SS' }
const roman: Readonly<Record<string, string>> = { I: '1', II: '2', III: '3', IV: '4', V: '5', VI: '6', VII: '7', VIII: '8', IX: '9', X: '10' }

/** A name without its legal form; a name that is nothing else keeps it. */
export function normalName(text: string): NormalName {
  const all = wordsOf(text)
  const core = all.filter((word) => !legalForms.has(word))
  const words = (core.length > 0 ? core : all).map((word) => nameWords.get(word) ?? word)
  const counting = words.filter((word, index) => /^\d+$/.test(word) || (index > 0 && (word in roman || /^[A-Z]$/.test(word))))
  return { words, key: words.join(''), numbers: counting.map((word) => String(roman[word] ?? word).replace(/^0+(?=\d)/, '')).join(' ') }
}

/** The words of an address, each once. */
export function normalAddress(text: string): readonly string[] {
  return [...new Set(wordsOf(text).map((word) => addressWords.get(word) ?? word))]
}

/** Single letters in a row are one word: `S. A.` is `SA`. */
function wordsOf(text: string): readonly string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().replace(/[ĐÐŁØÆŒÞİẞ]/g, (letter) => stroked[letter]!)
  const parts = folded.replace(/&/g, ' AND ').replace(/['’`]/g, '').match(/\p{L}+|\p{N}+/gu) ?? []
  const words: string[] = []
  let letters = ''
  for (const part of [...parts, '']) {
    if (/^[A-Z]$/.test(part)) letters += part
    else {
      if (letters !== '') words.push(letters)
      letters = ''
      if (part !== '') words.push(part)
    }
  }
  return words
}
