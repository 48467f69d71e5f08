// The answers under a search box are read with the arrow keys; Escape clears them.
document.addEventListener('keydown', (event) => {
  const box = event.target.closest?.('[data-answers]')
  if (!box) return
  const links = [...box.querySelectorAll('.answers a')]
  if (event.key === 'Escape') {
    const place = box.querySelector('.answers')
    if (place) place.replaceChildren()
    box.querySelector('[type=search]').focus()
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step || !links.length) return
  event.preventDefault()
  const next = links.indexOf(document.activeElement) + step
  if (next < 0) box.querySelector('[type=search]').focus()
  else links[Math.min(next, links.length - 1)].focus()
})
