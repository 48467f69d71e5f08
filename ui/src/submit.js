// One press is one request: the button rests after it is pressed and says so. The server refuses doubles by the `once` key anyway.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (event.defaultPrevented || form.method === 'dialog' || form.method === 'get' || form.hasAttribute('data-many')) return
  if (form.dataset.sent) {
    event.preventDefault()
    return
  }
  form.dataset.sent = 'yes'
  const button = event.submitter
  // After the browser has read the form: a disabled button's own name and value would not be sent.
  setTimeout(() => {
    for (const other of form.querySelectorAll('button[type=submit], button:not([type])')) other.setAttribute('aria-disabled', 'true')
    if (!button) return
    button.setAttribute('aria-busy', 'true')
    const words = button.querySelector('[data-words]')
    if (words && button.dataset.busy) {
      words.dataset.words = words.textContent
      words.textContent = button.dataset.busy
    }
  })
})

function wake(form) {
  delete form.dataset.sent
  for (const button of form.querySelectorAll('[aria-busy=true], [aria-disabled=true]')) {
    button.removeAttribute('aria-busy')
    button.removeAttribute('aria-disabled')
    const words = button.querySelector('[data-words]')
    if (words?.dataset.words) words.textContent = words.dataset.words
  }
}

// Back from the next page, or the answer was a file to keep: the form can be used again.
addEventListener('pageshow', (event) => {
  if (event.persisted) document.querySelectorAll('form[data-sent]').forEach(wake)
})
document.addEventListener('submit', (event) => {
  if (event.target.hasAttribute('data-download')) setTimeout(() => wake(event.target), 4000)
})
document.addEventListener('tinhso:wake', (event) => wake(event.target))
