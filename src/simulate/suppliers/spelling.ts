/** The same name and address, spelt as another list would: its style, and errors of its own. */
import type { RandomStream } from '../../numerics/index.js'

/** A name with a legal form, in capitals or not, now and then with an error. */
export function styledName(core: string, forms: readonly string[], loud: boolean, stream: RandomStream): string {
  const changed = stream.uniform() < 0.15 ? withError(core, stream) : core
  const folded = stream.uniform() < (loud ? 0.7 : 0.4) ? withoutMarks(changed) : changed
  const name = stream.uniform() < 0.15 ? folded : forms[stream.integer(forms.length)]!.replace('*', folded)
  return loud ? name.toUpperCase() : name
}

/** An address, abbreviated or without its points; now and then a part is missing. */
export function styledAddress(address: string, loud: boolean, stream: RandomStream): string {
  const parts = address.split(', ')
  const kept = parts.length > 2 && stream.uniform() < 0.15 ? parts.slice(0, -1) : parts
  const text = withoutMarks(kept.join(', ')).replace(/\bNo\. /, stream.uniform() < 0.3 ? '#' : 'No. ')
  const shortened = text.replace('Road', 'Rd.').replace('Street', 'St.').replace('Industrial Zone', 'IZ').replace('Jalan', 'Jl.')
  const short = stream.uniform() < 0.5 ? shortened : text
  return loud ? short.toUpperCase() : short.replace(/[.,]/g, '')
}

/** One of: two letters swapped, one lost, one wrong, two words run together, one split. */
function withError(text: string, stream: RandomStream): string {
  const at = 1 + stream.integer(Math.max(1, text.length - 2))
  const kind = stream.integer(5)
  if (kind === 0) return `${text.slice(0, at)}${text[at + 1] ?? ''}${text[at]!}${text.slice(at + 2)}`
  if (kind === 1) return text.slice(0, at) + text.slice(at + 1)
  if (kind === 2) return `${text.slice(0, at)}${'aeinorst'[stream.integer(8)]!}${text.slice(at + 1)}`
  if (kind === 3) return text.replace(' ', '')
  return `${text.slice(0, at + 1)} ${text.slice(at + 1)}`
}

const strokes: Readonly<Record<string, string>> = { Đ: 'D', đ: 'd', ı: 'i', Ø: 'O', ø: 'o' }

function withoutMarks(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[ĐđıØø]/g, (letter) => strokes[letter]!)
}
