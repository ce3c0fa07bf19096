/** Text of a Stata file: bytes up to a zero, in an encoding that the older releases do not name. */
import type { Encoding } from '../encodings.js'

/** The bytes before the first zero. */
export function untilZero(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

/** Names and labels are shown, not computed with: bytes that are no character are written `\x81`. */
export function shownText(bytes: Buffer, encoding: Encoding): string {
  const text = untilZero(bytes)
  const whole = encoding.decode(text)
  if (whole !== undefined) return whole
  return Array.from(text, (byte) => encoding.decode(Buffer.of(byte)) ?? `\\x${byte.toString(16)}`).join('')
}
