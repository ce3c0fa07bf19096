/** `order` sorted by whole keys from 0, stable: key[i] is that of entry i, and keys not much larger than their number make it linear. */
export function countingSort(order: Int32Array, key: Int32Array): Int32Array<ArrayBuffer> {
  let largest = -1
  for (let i = 0; i < key.length; i++) if (key[i]! > largest) largest = key[i]!
  const next = new Int32Array(largest + 2)
  for (let i = 0; i < key.length; i++) next[key[i]! + 1]!++
  for (let value = 1; value < next.length; value++) next[value]! += next[value - 1]!
  const sorted = new Int32Array(order.length)
  for (let p = 0; p < order.length; p++) sorted[next[key[order[p]!]!]!++] = order[p]!
  return sorted
}
