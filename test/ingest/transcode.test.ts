/** Legacy encodings to UTF-8: every character of an encoding, damaged bytes located, lines kept. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodingOf } from '../../src/ingest/encodings.js'
import { countLines, transcode, type UndecodableByte } from '../../src/ingest/transcode.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reshore-transcode-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function run(bytes: Uint8Array, label: string): Promise<{ text: string; undecodable: readonly UndecodableByte[]; lines: number; foreign: number }> {
  const [source, target] = [join(folder, 'source'), join(folder, 'target')]
  writeFileSync(source, bytes)
  const undecodable = await transcode(source, target, encodingOf(label))
  return { undecodable, text: readFileSync(target, 'utf8'), ...(await countLines(source, encodingOf(label), Infinity)) }
}

describe('encodings', () => {
  it.each(['windows-1252', 'shift_jis', 'euc-jp', 'windows-1250', 'iso-8859-15', 'utf-16le'])('%s decodes what an independent encoder wrote', async (label) => {
    const letters = label.endsWith('jis') || label === 'euc-jp' ? '東京商工リサーチ、ｶﾅ,"ソ能表"' : label === 'windows-1250' ? 'Łódź – „Kraków”' : 'Forlì–Cesena €5 “così”'
    const text = `${letters}\nsecond line;${letters}\r\n`.repeat(3)
    const sent = label === 'iso-8859-15' ? text.replace(/[–“”]/g, '-') : text
    expect(await run(iconv.encode(sent, label), label)).toMatchObject({ text: sent, undecodable: [], lines: 6 })
  })

  it('take CP932 beyond the standard: circled numbers and IBM kanji', async () => {
    expect((await run(iconv.encode('①﨑髙', 'cp932'), 'cp932')).text).toBe('①﨑髙')
  })

  it('read all of Windows-1252, and nothing at its five empty places', () => {
    const encoding = encodingOf('latin1')
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const empty = [0x81, 0x8d, 0x8f, 0x90, 0x9d]
    for (const byte of bytes) {
      const expected = empty.includes(byte) ? undefined : iconv.decode(Buffer.from([byte]), 'windows-1252')
      expect(encoding.decode(Uint8Array.of(byte)), `byte ${byte}`).toBe(expected)
    }
  })

  it('are refused when unknown', () => {
    expect(() => encodingOf('klingon')).toThrow(expect.objectContaining({ name: 'EncodingError', exitCode: 2 }) as Error)
  })
})

describe('transcode', () => {
  it.each([
    ['windows-1252', Buffer.from('ab;Forl\xec\nx;\x81y\x8d\nz\n', 'latin1'), 'ab;Forlì\nx;\\x81y\\x8d\nz\n', [{ offset: 11, byte: 0x81, targetOffset: 12 }]],
    ['utf-8', Buffer.from([0x61, 0xc3, 0xac, 0x0a, 0x62, 0xc3, 0x2c, 0xff, 0x0a, 0x63]), 'aì\nb\\xc3,\\xff\nc', [{ offset: 5, byte: 0xc3, targetOffset: 5 }]],
    ['shift_jis', Buffer.from([0x8f, 0xac, 0x2c, 0x81, 0x0a, 0x41, 0x0a, 0xfd, 0x0a]), '小,\\x81\nA\n\\xfd\n',
      [{ offset: 3, byte: 0x81, targetOffset: 4 }, { offset: 7, byte: 0xfd, targetOffset: 11 }]],
    ['utf-16', Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x0a, 0x00, 0x00, 0xd8, 0x62, 0x00]), 'a\n\\x00\\xd8b', [{ offset: 6, byte: 0x00, targetOffset: 2 }]],
  ])('locates the bytes of %s that are no character, and keeps the rest', async (label, bytes, text, undecodable) => {
    expect(await run(bytes, label)).toMatchObject({ text, undecodable })
  })

  it('cuts blocks between lines and counts lines over them', async () => {
    const line = 'ソ能表,東京商工リサーチ\n'
    const count = 400_000
    const bytes = iconv.encode(line.repeat(count), 'shift_jis')
    bytes[bytes.length - 2] = 0xff
    const result = await run(bytes, 'shift_jis')
    expect(result.lines).toBe(count)
    expect(result.foreign).toBe(count)
    expect(result.undecodable).toHaveLength(1)
    expect(result.text.slice(0, -20)).toBe(line.repeat(count).slice(0, result.text.length - 20))
  })
})
