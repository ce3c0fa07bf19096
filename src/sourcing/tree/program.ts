/**
 * The 0–1 program of a tree with specific trade costs, as text in CPLEX LP format for any solver that reads it.
 *
 * z_v_k_l = 1 when part v is made in k for use in l, r_k = 1 when node 0 is made in k:
 *
 *   min Σ_k (a_0k + τ s_k) r_k + Σ_{v>0} Σ_kl (a_vk + τ T_kl) z_v_k_l
 *   s.t. Σ_k r_k = 1,  Σ_k z_v_k_l = [the user of v is made in l]
 *
 * with (M^N − M)/(M − 1)·K² linked pairs in a complete tree. It is the oracle of `allocateTree` at sizes enumeration cannot
 * reach, and what its speed is compared with.
 */
import type { TreeCosts } from './bellman.js'
import type { TreeShape } from './shape.js'

/**
 * The program at one τ; the optimum is the least cost.
 *
 * @throws RangeError for iceberg costs, which are not linear in the allocation
 * @example highs.solve(treeProgram(completeTree(2, 5), costs, 0.5)).ObjectiveValue
 */
export function treeProgram(shape: TreeShape, { form, countries: K, costs, tradeCosts, finalShipping, destination }: TreeCosts, tau: number): string {
  if (form !== 'specific') throw new RangeError('a 0–1 program needs specific trade costs')
  const countries = Array.from({ length: K }, (_, k) => k)
  const objective = countries.map((k) => `${costs[k]! + tau * finalShipping[k]!} r_${k}`)
  const constraints = [countries.map((k) => `r_${k}`).join(' + ') + ' = 1']
  const variables = countries.map((k) => `r_${k}`)
  if (destination >= 0) constraints.push(`r_${destination} = 1`)
  for (let v = 1; v < shape.nodes; v++) {
    const user = shape.parents[v]!
    for (const l of countries) {
      const madeForL = countries.map((k) => `z_${v}_${k}_${l}`)
      const userInL = user === 0 ? [`r_${l}`] : countries.map((m) => `z_${user}_${l}_${m}`)
      constraints.push(`${madeForL.join(' + ')} - ${userInL.join(' - ')} = 0`)
      for (const k of countries) objective.push(`${costs[v * K + k]! + tau * tradeCosts[k * K + l]!} ${madeForL[k]}`)
      variables.push(...madeForL)
    }
  }
  return [
    'Minimize', ` cost: ${objective.join('\n  + ')}`,
    'Subject To', ...constraints.map((constraint, row) => ` c${row}: ${constraint}`),
    'Binary', ...variables.map((name) => ` ${name}`),
    'End', '',
  ].join('\n')
}
