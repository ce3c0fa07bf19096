/** Stata's 27 missing values, `.` and `.a` to `.z`, as numbers from 0 up; one more for bytes that are no number at all. */
const missingCodes = ['.', ...Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `.${letter}`)] as const

/** Infinities and NaN, which Stata never writes. */
export const otherMissing = missingCodes.length

/** The code of a number; undefined where it is none. */
export function missingCode(number: number): string | undefined {
  return number === otherMissing ? 'other' : missingCodes[number]
}
