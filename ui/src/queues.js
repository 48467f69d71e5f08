// j and k walk the rows of a queue, Enter opens the row (it is a link), / goes to the search.
const typing = (element) => element.closest('input, textarea, select, [contenteditable]')

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
  if (event.key === '/') {
    const box = document.querySelector('[type=search]')
    if (box) { event.preventDefault(); box.focus() }
    return
  }
  const links = [...document.querySelectorAll('[data-queue] [data-row]')]
  if (!links.length) return
  const here = links.indexOf(document.activeElement.closest('tr')?.querySelector('[data-row]'))
  const step = { j: 1, k: -1 }[event.key]
  if (!step) return
  event.preventDefault()
  const next = links[Math.min(Math.max(here + step, 0), links.length - 1)]
  next.focus()
  next.closest('tr').scrollIntoView({ block: 'nearest' })
})
// "Choose all" of a table with boxes.
document.addEventListener('change', (event) => {
  const all = event.target
  if (!all.matches?.('[data-all]')) return
  for (const box of document.querySelectorAll(`input[type=checkbox][name="${all.dataset.all}"]:not(:disabled)`)) box.checked = all.checked
})
// <select data-sends> in a filter sends its form at once.
document.addEventListener('change', (event) => {
  if (event.target.matches?.('[data-sends]')) event.target.form?.requestSubmit()
})
// On a phone the queues are a strip: show where one is.
const strip = document.querySelector('.queues')
const here = strip?.querySelector('[aria-current]')
if (here && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = here.offsetLeft - strip.clientWidth / 3
