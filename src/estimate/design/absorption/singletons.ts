/**
 * Rows that are alone in a level of an absorbed effect: the level fits them exactly, so that they say nothing about coefficients. Without
 * them other levels may be left with one row; those follow, until none is left (Correia 2015).
 */
import { ReshoreError } from '../../../errors.js'
import type { AbsorbedEffect, Design, EffectCount, Note } from '../../records.js'
import { keepRows } from '../keepRows.js'
import { mostThreads, runTask, sharedInts, type AbsorptionCrew } from './absorptionWork.js'
import { countMembers } from './members.js'
import type { SharedColumns } from './sharedColumns.js'

export interface Singletons {
  readonly count: number
  /** 1 for rows that are alone; absent where there are none. */
  readonly alone?: Uint8Array
  /** By the codes of an effect that is not of slopes alone: rows of each level that are left. */
  readonly sizes: ReadonlyMap<Int32Array, Int32Array>
}

const found = new WeakMap<readonly AbsorbedEffect[], Singletons>()

/** The singletons of effects, found once for the same list of them. Effects of slopes alone have none. */
export function findSingletons(effects: readonly AbsorbedEffect[], crew?: AbsorptionCrew): Singletons {
  let singletons = found.get(effects)
  if (!singletons) {
    singletons = takeOutSingletons(effects, crew)
    found.set(effects, singletons)
  }
  return singletons
}

/** Takes rows out until every level has two or more. */
function takeOutSingletons(effects: readonly AbsorbedEffect[], crew: AbsorptionCrew | undefined): Singletons {
  const counted = levelMembers(effects.filter(({ slopesOnly }) => !slopesOnly), crew)
  const waiting: number[] = []
  for (const { members } of counted) for (let level = 0; level < members.length; level += 2) if (members[level] === 1) waiting.push(members[level + 1]!)
  if (waiting.length === 0) return { count: 0, sizes: sizesOf(counted) }
  const alone = new Uint8Array(effects[0]!.codes.length)
  let count = 0
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    if (alone[row] === 1) continue
    alone[row] = 1
    count++
    for (const { codes, members } of counted) {
      const at = 2 * codes[row]!
      members[at + 1]! ^= row
      if (--members[at]! === 1) waiting.push(members[at + 1]!)
    }
  }
  return { count, alone, sizes: sizesOf(counted) }
}

/** The levels of an effect as `countMembers` leaves them. */
interface LevelMembers {
  readonly codes: Int32Array
  readonly members: Int32Array
}

function sizesOf(counted: readonly LevelMembers[]): Singletons['sizes'] {
  return new Map(counted.map(({ codes, members }) => {
    const sizes = new Int32Array(members.length / 2)
    for (let level = 0; level < sizes.length; level++) sizes[level] = members[2 * level]!
    return [codes, sizes]
  }))
}

/** Threads count where the codes lie in memory they share. */
function levelMembers(effects: readonly AbsorbedEffect[], crew: AbsorptionCrew | undefined): LevelMembers[] {
  const helped = crew && effects.length <= mostThreads && effects.every(({ codes: { buffer } }) => buffer instanceof SharedArrayBuffer)
  if (!helped) {
    return effects.map(({ codes, levels }) => {
      const members = new Int32Array(2 * levels)
      countMembers(codes, members)
      return { codes, members }
    })
  }
  const counted = effects.map(({ codes, levels }) => ({ codes, members: sharedInts(2 * levels) }))
  runTask(crew, { kind: 'count', task: { codes: counted.map(({ codes }) => codes), members: counted.map(({ members }) => members) } })
  return counted
}

/** What estimators with absorbed effects take beside their other options. */
export interface EffectOptions {
  /** Rows alone in a level: 'keep' (default) counts them in a note, 'drop' leaves them out. */
  readonly singletons?: 'keep' | 'drop'
  /** Parameters of the effects: 'levels' (default) as fixest counts them, 'exact' without redundant ones. */
  readonly effectCount?: EffectCount
  /** Columns that linear models on the same table share; `estimateAll` hands it over. */
  readonly shared?: SharedColumns
  /** Threads that take the effects out, the caller among them; the numbers do not depend on it. Default: as many as the size is worth, up to the processors. */
  readonly threads?: number
}

/** The design with its singletons counted or gone, and the rule for its degrees of freedom. Throws a `SingletonError` where every row is one. */
export function settleEffects(design: Design, { singletons = 'keep', effectCount }: EffectOptions, crew?: AbsorptionCrew): Design {
  if (design.absorbed.length === 0) return design
  const counted = effectCount ? { ...design, effectCount } : design
  const { count, alone } = findSingletons(design.absorbed, crew)
  if (alone === undefined) return counted
  const names = design.absorbed.map(({ name }) => `\`${name}\``).join(', ')
  if (count === design.rows) {
    throw new ReshoreError('SingletonError', `each of the ${count} rows is alone in a level of ${names}, or is once the others are left out`,
      'Nothing varies within these groups: absorb coarser ones, or use more periods or partners.')
  }
  if (singletons === 'drop') return keepRows(counted, alone.map((flag) => 1 - flag), `alone in a level of ${names}`)
  const text = `${count} of ${design.rows} rows are alone in a level of ${names} and say nothing about coefficients; they are kept and their levels counted (singletons: 'drop' leaves them out).`
  return { ...counted, notes: [...counted.notes, { kind: 'sample', text } satisfies Note] }
}
