/**
 * A table in LaTeX for `booktabs`, nothing else needed. Stars and closing brackets hang in zero-width boxes, so that numbers
 * stand under each other in plain `r` columns. Text from data is escaped; symbols pdfLaTeX does not know become commands.
 */
import { alignmentOf, flat, hasSublabels, noteText, printRow } from './cells.js'
import type { PrintedCell } from './cells.js'
import type { TableModel, TableRow } from './records.js'

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  _: '\\_',
  '%': '\\%',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\char34{}',
  '`': '\\char96{}',
  "'": '\\char39{}',
  '[': '{[}',
  ']': '{]}',
  '*': '{*}',
  '@': '{@}',
  '−': '$-$',
  '×': '$\\times$',
  '·': '$\\cdot$',
  '→': '$\\rightarrow$',
  '←': '$\\leftarrow$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '≈': '$\\approx$',
  '≠': '$\\neq$',
  '±': '$\\pm$',
  '∞': '$\\infty$',
  '–': '--',
  '—': '---',
  '…': '\\ldots{}',
  '²': '$^2$',
  '³': '$^3$',
  '√': '$\\surd$',
  Σ: '$\\Sigma$',
  Δ: '$\\Delta$',
  Φ: '$\\Phi$',
  Θ: '$\\Theta$',
  Ω: '$\\Omega$',
  α: '$\\alpha$',
  β: '$\\beta$',
  γ: '$\\gamma$',
  δ: '$\\delta$',
  ε: '$\\varepsilon$',
  ζ: '$\\zeta$',
  η: '$\\eta$',
  θ: '$\\theta$',
  κ: '$\\kappa$',
  λ: '$\\lambda$',
  μ: '$\\mu$',
  ν: '$\\nu$',
  π: '$\\pi$',
  ρ: '$\\rho$',
  σ: '$\\sigma$',
  τ: '$\\tau$',
  φ: '$\\varphi$',
  χ: '$\\chi$',
  ψ: '$\\psi$',
  ω: '$\\omega$',
}

/** The `table` environment, ending in a line break. Needs `\usepackage{booktabs}`. */
export function renderLatex(table: TableModel): string {
  const widest = table.columns.map((_, index) => Math.max(0, ...table.rows.map((row) => hanging(printRow(table, row)[index]!))))
  const columns = table.columns.map((_, index) => column(alignmentOf(table, index), widest[index]!)).join('')
  const lines = [
    '\\begin{table}[htbp]',
    '\\centering',
    `\\caption{${escapeLatex(table.title)}}`,
    `\\label{tab:${table.id.replace(/[^A-Za-z0-9:-]/g, '-')}}`,
    `\\begin{tabular}{${columns}}`,
    '\\toprule',
    ...spannerLines(table),
    headingLine(table, 'label'),
    ...(hasSublabels(table) ? [headingLine(table, 'sublabel')] : []),
    '\\midrule',
    ...table.rows.flatMap((row, index) => bodyLines(table, row, index === 0)),
    '\\bottomrule',
    '\\end{tabular}',
  ]
  if (table.notes.length > 0) {
    lines.push(
      '\\par\\smallskip',
      '\\begin{minipage}{\\linewidth}\\footnotesize',
      table.notes.map((note) => escapeLatex(noteText(note))).join('\\par\n'),
      '\\end{minipage}',
    )
  }
  return `${[...lines, '\\end{table}'].join('\n')}\n`
}

/** Text that LaTeX prints as it stands. Superscript powers of ten become math. */
export function escapeLatex(text: string): string {
  const power = /×10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g
  const pieces: string[] = []
  let from = 0
  const plain = flat(text)
  for (const match of plain.matchAll(power)) {
    const digits = [...match[2]!].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)).join('')
    pieces.push(escapeCharacters(plain.slice(from, match.index)), `$\\times10^{${match[1] === '' ? '' : '-'}${digits}}$`)
    from = match.index + match[0].length
  }
  return [...pieces, escapeCharacters(plain.slice(from))].join('')
}

function escapeCharacters(text: string): string {
  return [...text].map((character) => special[character] ?? character).join('')
}

/** Characters that hang behind the body; they need room before the next column. */
function hanging(cell: PrintedCell): number {
  return Math.max(0, cell.tail.length + cell.stars - cell.pad)
}

function column(align: 'left' | 'right' | 'center', tail: number): string {
  return align === 'right' && tail > 0
    ? `r@{\\hspace{${(0.4 * tail + 0.9).toFixed(1)}em}}`
    : { left: 'l', right: 'r', center: 'c' }[align]
}

function cellLatex(cell: PrintedCell): string {
  const tail = escapeLatex(cell.tail) + (cell.stars === 0 ? '' : `$^{${'*'.repeat(cell.stars)}}$`)
  const body = cell.switched ? `\\textbf{${escapeLatex(cell.body)}}` : escapeLatex(cell.body)
  return body + (tail === '' ? '' : `\\rlap{${tail}}`) + (cell.pad === 0 ? '' : `\\phantom{${'0'.repeat(cell.pad)}}`)
}

function spannerLines(table: TableModel): string[] {
  if (table.spanners === undefined) return []
  let from = 1
  const rules: string[] = []
  const cells = table.spanners.map(({ label, span }) => {
    if (label !== '') rules.push(`\\cmidrule(lr){${from}-${from + span - 1}}`)
    from += span
    return label === '' ? Array.from({ length: span }, () => '').join(' & ') : `\\multicolumn{${span}}{c}{${escapeLatex(label)}}`
  })
  return [`${cells.join(' & ')} \\\\`, rules.join(' ')]
}

function headingLine(table: TableModel, part: 'label' | 'sublabel'): string {
  const cells = table.columns.map((column, index) => {
    const text = escapeLatex(column[part] ?? '')
    if (text === '') return ''
    const styled = part === 'sublabel' ? `\\textit{${text}}` : text
    return `\\multicolumn{1}{${{ left: 'l', right: 'r', center: 'c' }[alignmentOf(table, index)]}}{${styled}}`
  })
  return `${cells.join(' & ')} \\\\`
}

function bodyLines(table: TableModel, row: TableRow, first: boolean): string[] {
  const cells = printRow(table, row)
  const rule = !first && (row.rule || row.kind === 'total') ? ['\\midrule'] : []
  if (row.kind === 'section') {
    return [
      ...(first ? [] : ['\\addlinespace']),
      `\\multicolumn{${table.columns.length}}{l}{\\textit{${escapeLatex(cells[0]!.body)}}} \\\\`,
    ]
  }
  return [...rule, `${cells.map(cellLatex).join(' & ')} \\\\`]
}
