// Files dropped on the box, a word about each chosen file, and a bar while they travel. Without scripts it is a plain file field.
function tell(box, text) {
  const place = box.querySelector('[data-chosen]')
  if (place) place.textContent = text
}

for (const box of document.querySelectorAll('.upload')) {
  const input = box.querySelector('input[type=file]')
  if (!input) continue
  const limit = Number(box.dataset.limit || 0) * 1024 * 1024
  const look = () => {
    const files = [...input.files]
    const large = files.filter((file) => limit && file.size > limit)
    const names = files.map((file) => `${file.name} (${(file.size / 1024 / 1024).toLocaleString('vi-VN', { maximumFractionDigits: 1 })} MB)`)
    input.setCustomValidity(large.length ? box.dataset.tooLarge : '')
    tell(box, large.length ? `${large[0].name}: ${box.dataset.tooLarge}` : names.join(', '))
    if (large.length) input.reportValidity()
    else if (files.length && box.hasAttribute('data-at-once')) input.form.requestSubmit(input.form.querySelector('[data-upload-button]') ?? undefined)
  }
  input.addEventListener('change', look)
  box.addEventListener('dragover', (event) => { event.preventDefault(); box.dataset.over = 'yes' })
  box.addEventListener('dragleave', () => delete box.dataset.over)
  box.addEventListener('drop', (event) => {
    event.preventDefault()
    delete box.dataset.over
    input.files = event.dataTransfer.files
    input.dispatchEvent(new Event('change', { bubbles: true }))
  })
}

document.addEventListener('submit', (event) => {
  const form = event.target
  const box = form.querySelector('.upload[data-progress]')
  if (event.defaultPrevented || !box || !form.querySelector('input[type=file]')?.files.length) return
  event.preventDefault()
  const data = new FormData(form, event.submitter)
  const bar = document.createElement('progress')
  bar.max = 100
  bar.setAttribute('aria-label', box.dataset.progress)
  box.append(bar)
  const request = new XMLHttpRequest()
  request.open('POST', form.action || location.href)
  request.upload.onprogress = (moved) => { bar.value = (moved.loaded / moved.total) * 100 }
  request.onload = () => {
    // The server answers as to a plain form; asking for the page again would lose its messages, so this one is shown.
    if (request.responseURL) history.pushState(null, '', request.responseURL)
    document.open()
    document.write(request.responseText)
    document.close()
  }
  request.onerror = () => {
    bar.remove()
    tell(box, box.dataset.failed)
    form.dispatchEvent(new Event('tinhso:wake', { bubbles: true }))
  }
  request.send(data)
})
