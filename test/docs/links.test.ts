/** Links between the documents lead to files, and to headings in them, that are there. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...readdirSync('docs').filter((name) => name.endsWith('.md')).map((name) => join('docs', name))]

/** The anchor a heading gets on a page: lower case, hyphens for spaces, no other signs. */
const anchorOf = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-')
const anchors = (path: string): string[] => [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!))

it.each(documents)('%s', (document) => {
  const links = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!).filter((link) => !/^https?:/.test(link))
  const broken = links.filter((link) => {
    const [file, anchor] = link.split('#')
    const path = file === '' ? document : join(dirname(document), file!)
    return !existsSync(path) || (anchor !== undefined && !anchors(path).includes(anchor))
  })
  expect(broken).toEqual([])
})
