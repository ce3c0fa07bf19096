/** Text from data makes no markup in any renderer: hostile names and random ones. */
import fc from 'fast-check'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import {
  dataTable,
  escapeCsv,
  escapeHtml,
  escapeLatex,
  escapeMarkdown,
  renderCsv,
  renderHtml,
  renderLatex,
} from '../../../src/report/index.js'

const hostile = "<img src=x onerror=alert(1)>\" onmouseover='x' & \\input{/etc/passwd} $x_1^2$ #% ~ =cmd|'/c calc'!A1"
const text = fc.string({ unit: 'binary', maxLength: 40 })
const table = (value: string) =>
  dataTable('t', value, [{ name: value, n: 1 }], { notes: [value], columns: [{ key: 'name', label: value }, 'n'] })

describe('HTML', () => {
  it('gives the text back as text, in content and in attributes', () => {
    fc.assert(
      fc.property(text, (value) => {
        const { document } = parseHTML(
          `<!doctype html><html><body><p title="${escapeHtml(value)}">${escapeHtml(value)}</p></body></html>`,
        )
        const paragraph = document.querySelector('p')!
        expect(document.body.children).toHaveLength(1)
        expect(paragraph.children).toHaveLength(0)
        expect([...paragraph.attributes].map(({ name }) => name)).toEqual(['title'])
        expect(escapeHtml(value)).not.toMatch(/[<>"'`\u0000]/)
      }),
    )
  })
  it('builds the same elements whatever the data say', () => {
    const elements = (value: string) =>
      [...parseHTML(`<body>${renderHtml(table(value))}</body>`).document.querySelectorAll('*')].map(({ tagName }) => tagName)
    fc.assert(
      fc.property(
        text.filter((value) => /\S/.test(value) && !/^[\p{Cc}\s\u2028\u2029]*$/u.test(value)),
        (value) => {
          expect(elements(value)).toEqual(elements('plain'))
        },
      ),
    )
    expect(elements(hostile)).toEqual(elements('plain'))
  })
})

describe('LaTeX', () => {
  it('leaves no special character bare', () => {
    const commands =
      /\\(?:textbackslash|textasciicircum|textasciitilde|textless|textgreater|textbar|char34|char96|char39)\{\}|\\[{}$&#_%]|\{[[\]*@]\}|\$\\[a-zA-Z]+\$|\$-\$|\\ldots\{\}|\$\^[23]\$|\$\\times10\^\{-?\d+\}\$/g
    fc.assert(
      fc.property(text, (value) => {
        expect(escapeLatex(value).replace(commands, '')).not.toMatch(/[\\{}$&#_%^~<>|"`[\]*@]/)
      }),
    )
    expect(escapeLatex(hostile)).toBe(
      '\\textless{}img src=x onerror=alert(1)\\textgreater{}\\char34{} onmouseover=\\char39{}x\\char39{} \\& \\textbackslash{}input\\{/etc/passwd\\} \\$x\\_1\\textasciicircum{}2\\$ \\#\\% \\textasciitilde{} =cmd\\textbar{}\\char39{}/c calc\\char39{}!A1',
    )
  })
  it('has as many cells in every line as columns', () => {
    const lines = renderLatex(table('a & b \\\\'))
      .split('\n')
      .filter((line) => line.endsWith('\\\\'))
    expect(lines.map((line) => line.replace(/\\&/g, '').split('&').length)).toEqual([2, 2])
  })
})

describe('CSV', () => {
  it.each(['=1+1', '+1', '-1+2', '@SUM(A1)', '\t=1', '\r=1', '＝1', ' =1'])('disarms %j', async (value) => {
    expect(escapeCsv(value)).toMatch(/^'/)
    expect(await renderCsv(table(value))).toContain(`\n${escapeCsv(value)},1\n`)
  })
  it('leaves numbers alone, also negative ones', async () => {
    expect(await renderCsv(dataTable('t', 'T', [{ name: 'x', n: -1.5 }]))).toBe('name,n\nx,-1.5\n')
  })
})

describe('Markdown', () => {
  it('has no bare pipe, tag or emphasis', () => {
    expect(escapeMarkdown('a|b <i>*x*_y_`z` [l](http://a)')).toBe('a\\|b &lt;i&gt;\\*x\\*\\_y\\_\\`z\\` \\[l\\](http:\u200b//a)')
  })
})
