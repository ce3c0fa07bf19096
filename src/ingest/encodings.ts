/**
 * Legacy encodings as strict decoders of byte runs: a byte that is no character makes them give nothing back. Labels are those
 * of the WHATWG standard and the usual aliases; `shift_jis` is Microsoft's superset (CP932), `latin1` is Windows-1252, as in
 * browsers. In single-byte encodings the control characters 0x80–0x9F count as no character: in data they are always damage.
 */
import { isAscii } from 'node:buffer'
import { ReshoreError } from '../errors.js'

export interface Encoding {
  readonly name: string
  /** Bytes of a code unit: line ends of UTF-16 are two bytes. */
  readonly unit: 1 | 2
  /** Every byte is a character. */
  readonly singleByte: boolean
  /** The text of whole characters, or nothing. */
  decode(bytes: Uint8Array): string | undefined
  /** True while bytes may still become characters: an incomplete last one is no fault. */
  mayContinue(bytes: Uint8Array): boolean
}

const aliases: Readonly<Record<string, string>> = {
  utf8: 'utf-8', utf16: 'utf-16le', 'utf-16': 'utf-16le',
  cp932: 'shift_jis', ms932: 'shift_jis', sjis: 'shift_jis', 'shift-jis': 'shift_jis', 'windows-932': 'shift_jis', eucjp: 'euc-jp',
  cp1252: 'windows-1252', '1252': 'windows-1252', ansi: 'windows-1252', latin1: 'windows-1252', 'latin-1': 'windows-1252',
  'iso-8859-1': 'windows-1252', latin9: 'iso-8859-15', 'latin-9': 'iso-8859-15',
  cp1250: 'windows-1250', cp1251: 'windows-1251', mac: 'macintosh', 'mac-roman': 'macintosh',
}

/** Windows-1252 at 0x80–0x9F; five places hold nothing. Node 20 decodes them as control characters. */
const windows1252 = '€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ'
const controls = /[\u0080-\u009f]/

/** The decoder of a label; an unknown one is a usage error. */
export function encodingOf(label: string): Encoding {
  const lower = label.trim().toLowerCase()
  const name = aliases[lower] ?? lower
  if (name === 'windows-1252') return singleByte(name, decodeWindows1252)
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(name, { fatal: true })
  } catch {
    throw new ReshoreError(
      'EncodingError',
      `unknown encoding \`${label}\``,
      'Use utf-8, windows-1252, shift_jis, euc-jp, utf-16, iso-8859-15 or another WHATWG label.',
      2,
    )
  }
  const canonical = decoder.encoding
  if (/^(windows|iso-8859|koi8|mac|x-mac|ibm)/.test(canonical)) return singleByte(canonical, (bytes) => decodeFatal(decoder, bytes))
  return {
    name: canonical,
    unit: canonical.startsWith('utf-16') ? 2 : 1,
    singleByte: false,
    decode: (bytes) => decodeFatal(decoder, bytes),
    mayContinue: (bytes) => decodeFatal(new TextDecoder(canonical, { fatal: true }), bytes, true) !== undefined,
  }
}

function singleByte(name: string, decodeAll: (bytes: Uint8Array) => string | undefined): Encoding {
  const decode = (bytes: Uint8Array): string | undefined => {
    const text = decodeAll(bytes)
    return text === undefined || (!isAscii(bytes) && controls.test(text)) ? undefined : text
  }
  return { name, unit: 1, singleByte: true, decode, mayContinue: (bytes) => decode(bytes) !== undefined }
}

function decodeFatal(decoder: TextDecoder, bytes: Uint8Array, stream = false): string | undefined {
  try {
    return decoder.decode(bytes, { stream })
  } catch {
    return undefined
  }
}

function decodeWindows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  if (!controls.test(text)) return text
  return text.replace(/[\u0080-\u009f]/g, (character) => {
    const known = windows1252[character.charCodeAt(0) - 0x80]!
    return known === '\0' ? character : known
  })
}
