/** By level: how many rows it has, and the exclusive or of their numbers, which is the row's own number once one is left. */

/** Counts into `members`, two numbers a level, zero before. */
export function countMembers(codes: Int32Array, members: Int32Array): void {
  for (let row = 0; row < codes.length; row++) {
    const at = 2 * codes[row]!
    members[at]!++
    members[at + 1]! ^= row
  }
}
