import { describe, expect, it } from 'vitest'
import { definePipeline } from '../../src/pipeline/define.js'
import { differences, fingerprintId, sharedFingerprint, stepFingerprint } from '../../src/pipeline/fingerprint.js'
import { canonicalJson, hashJson } from '../../src/pipeline/hash.js'

const [first, second] = definePipeline({
  name: 'test',
  description: '',
  steps({ step }) {
    const one = step('first', { stage: 'ingest', options: { nodes: 12 }, run: () => ({ a: 1 }) })
    step('second', { stage: 'features', inputs: { one }, run: ({ one: { a } }) => ({ b: a + 1 }) })
  },
}).plan({})
const shared = sharedFingerprint(
  [{ path: 'test.ts', text: `const k=1;${first!.run.toString()};${second!.run.toString()}` }],
  [first!, second!],
)
const file = { path: 'firms.csv', bytes: 1, sha256: 'a' }
const fingerprint = stepFingerprint(first!, { earlier: 'x' }, [file], shared)

describe('fingerprints', () => {
  it('do not depend on the order of keys', () => {
    expect(canonicalJson({ b: 1, a: [{ d: 2, c: 3 }] })).toBe('{"a":[{"c":3,"d":2}],"b":1}')
    expect(hashJson({ b: 1, a: 2 })).toBe(hashJson({ a: 2, b: 1 }))
  })

  it('have the functions of steps cut out of the shared code', () => {
    const code = (text: string) => sharedFingerprint([{ path: 'test.ts', text }], [first!, second!]).pipelineCode
    expect(code(`const k=1;${first!.run.toString()};`)).toBe(code('const k=1;;'))
    expect(code('const k=1;;')).not.toBe(code('const k=2;;'))
  })

  it('know the versions of Node and of every package', () => {
    expect(shared.versions).toMatchObject({
      node: process.versions.node,
      reshore: expect.stringMatching(/^\d/),
      'apache-arrow': expect.stringMatching(/^\d/),
    })
    expect(Object.values(shared.versions)).not.toContain('not installed')
  })

  it.each([
    ['input', { ...fingerprint, inputs: { earlier: 'y' } }, 'earlier'],
    ['input', { ...fingerprint, files: [{ ...file, sha256: 'b' }] }, 'firms.csv'],
    ['code', { ...fingerprint, code: { ...fingerprint.code, step: 'z' } }, "the step's function"],
    ['code', { ...fingerprint, code: { ...fingerprint.code, pipeline: 'z' } }, 'the pipeline file outside its steps'],
    ['code', { ...fingerprint, code: { ...fingerprint.code, reshore: 'z' } }, 'reshore'],
    ['option', { ...fingerprint, options: { nodes: 30 } }, 'nodes (12 -> 30)'],
    ['option', { ...fingerprint, options: {} }, 'nodes (12 -> absent)'],
    [
      'package version',
      { ...fingerprint, versions: { ...fingerprint.versions, node: '99.0.0' } },
      `node (${process.versions.node} -> 99.0.0)`,
    ],
  ])('name a change of %s', (kind, changed, detail) => {
    expect(differences(fingerprint, changed)).toEqual([{ kind, detail }])
    expect(fingerprintId('first', changed)).not.toBe(fingerprintId('first', fingerprint))
  })

  it('see nothing where nothing changed', () => {
    expect(differences(fingerprint, { ...fingerprint })).toEqual([])
  })
})
