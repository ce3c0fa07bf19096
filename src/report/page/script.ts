/**
 * The script of the page: copies and saves tables, marks where the reader is in the contents, switches light and dark. Without
 * it the page is complete but for its buttons, which it shows itself.
 */
export const pageScript = `'use strict'
const root = document.documentElement
for (const hidden of document.querySelectorAll('[data-needs-script]')) hidden.hidden = false

function textOf(button) {
  const holder = button.closest('[data-copies]')
  return holder.querySelector('template[data-format="' + button.dataset.copy + '"]').content.textContent
}
function say(button, words) {
  const before = button.dataset.label ?? (button.dataset.label = button.textContent)
  button.textContent = words
  setTimeout(() => { button.textContent = before }, 1600)
}
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (!done) throw new Error('not allowed')
}
function save(text, name) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
document.addEventListener('click', (event) => {
  const button = event.target.closest('button')
  if (!button) return
  if (button.dataset.copy && button.dataset.save) save(textOf(button), button.dataset.save)
  else if (button.dataset.copy) copy(textOf(button)).then(() => say(button, 'Copied'), () => say(button, 'Not allowed here'))
  else if (button.classList.contains('theme')) {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
    root.dataset.theme = dark ? 'light' : 'dark'
  }
})

const links = new Map([...document.querySelectorAll('.contents a')].map((link) => [link.hash.slice(1), link]))
const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean)
let waiting = false
function mark() {
  waiting = false
  const reached = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight * 0.3)
  const current = (reached.at(-1) ?? headings[0])?.id
  for (const [id, link] of links) {
    if (id !== current) link.removeAttribute('aria-current')
    else if (!link.hasAttribute('aria-current')) {
      link.setAttribute('aria-current', 'true')
      const list = link.closest('ol')
      if (list.scrollWidth > list.clientWidth) list.scrollTo({ left: link.offsetLeft - 40 })
    }
  }
}
addEventListener('scroll', () => { if (!waiting) { waiting = true; requestAnimationFrame(mark) } }, { passive: true })
mark()
`
