// <a href="#id" data-opens="id"> opens a <dialog>; without scripts the link shows it in the page.
document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-opens]')
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens)
    if (!dialog?.showModal) return
    event.preventDefault()
    dialog.showModal()
    return
  }
  const closer = event.target.closest('[data-closes]')
  if (closer) {
    const dialog = closer.closest('dialog')
    if (dialog?.open) { event.preventDefault(); dialog.close() }
  }
  // A click outside the card of "Thêm" closes it.
  for (const more of document.querySelectorAll('details.more[open]')) if (!more.contains(event.target)) more.open = false
  const copier = event.target.closest('[data-copy]')
  if (copier && navigator.clipboard) {
    event.preventDefault()
    navigator.clipboard.writeText(copier.dataset.copy).then(() => {
      const words = copier.querySelector('[data-words]') ?? copier
      const before = words.textContent
      words.textContent = copier.dataset.copied ?? before
      setTimeout(() => { words.textContent = before }, 2500)
    })
  }
  if (event.target.closest('[data-print]')) print()
})
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  const more = event.target.closest?.('details.more[open]')
  if (more) { more.open = false; more.querySelector('summary').focus() }
})
// After a refused form, begin at the summary of errors.
document.querySelector('.errors')?.focus()
