import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/cli/command.js'
import { commands, dispatch } from '../../src/cli/dispatch.js'

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await dispatch(words, { write: (text: string) => (out += text) }, { write: (text: string) => (err += text) })
  return { code, out, err }
}

describe('dispatch', () => {
  it.each(commands.map(({ name, summary, load }) => ({ name, summary, load })))(
    '$name is what the overview says and has help',
    async ({ name, summary, load }) => {
      const command = (await load()).command as Command
      expect([command.name, command.summary]).toEqual([name, summary])
      const { code, out } = await run(name, '--help')
      expect([code, out]).toEqual([0, expect.stringContaining(`Usage: reshore ${[name, ...command.positionals].join(' ')}`)])
      for (const option of Object.keys(command.options)) expect(out).toContain(`--${option}`)
    },
  )

  it('lists every command, and says its version', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    for (const { name } of commands) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('names the closest command and option with exit code 2', async () => {
    expect(await run('estmate')).toEqual({ code: 2, out: '', err: expect.stringContaining('Did you mean estimate?') })
    expect(await run('doctor', '--quite')).toEqual({ code: 2, out: '', err: expect.stringContaining('Did you mean --quiet?') })
  })

  it('prints one JSON document with --json, also for a failure', async () => {
    const { code, out, err } = await run('report', '--json')
    expect([code, JSON.parse(out)]).toEqual([
      2,
      { error: { name: 'UsageError', message: 'report needs RUN_DIR', remedy: expect.any(String) } },
    ])
    expect(err).toContain('UsageError: report needs RUN_DIR')
    const doctor = await run('doctor', '--json')
    expect([doctor.code, JSON.parse(doctor.out)]).toEqual([0, { ok: true, checks: expect.any(Array) }])
  })
})
