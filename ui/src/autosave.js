// <form data-autosave="URL">: what was typed is sent a moment after the typing stops, and the page says whether it arrived.
// <form data-guard> without autosave: leaving asks, but only when something was typed and not sent.
const words = {
  vi: { saving: 'Đang lưu…', saved: 'Đã lưu lúc', failed: 'Chưa lưu được, sẽ thử lại. Xin đừng đóng trang.', ended: 'Phiên làm việc đã hết. Xin đăng nhập lại ở thẻ khác; nội dung trên trang này vẫn còn.' },
  en: { saving: 'Saving…', saved: 'Saved at', failed: 'Not saved yet; trying again. Please keep this page open.', ended: 'Your session has ended. Sign in again in another tab; what you typed is still here.' },
}[document.documentElement.lang] ?? {}

let unsent = 0

function show(form, state, text) {
  const place = document.querySelector(form.dataset.state || '[data-save-state]')
  if (!place) return
  place.dataset.state = state
  place.textContent = text
}

function typed(form) {
  const data = new FormData(form)
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
  return data
}

for (const form of document.querySelectorAll('form[data-autosave]')) {
  let timer, wait = 2000, dirty = false, busy = false
  const later = (ms) => { clearTimeout(timer); timer = setTimeout(save, ms) }
  async function save() {
    if (!dirty || form.dataset.sent) return
    if (busy) return later(500)
    busy = true
    dirty = false
    show(form, 'saving', words.saving)
    try {
      const answer = await fetch(form.dataset.autosave, { method: 'POST', body: typed(form), headers: { 'X-Autosave': 'yes' }, redirect: 'manual', credentials: 'same-origin' })
      if (answer.ok) {
        wait = 2000
        const at = new Date().toLocaleTimeString('vi-VN', { hour: '2-digit', minute: '2-digit' })
        show(form, 'saved', `${words.saved} ${at}`)
        unsent = dirty ? 1 : 0
      } else {
        dirty = true
        // A redirect or a refusal will not go away by asking again.
        if (answer.type === 'opaqueredirect' || answer.status === 403) show(form, 'failed', words.ended)
        else throw new Error(answer.status)
      }
    } catch {
      dirty = true
      show(form, 'failed', words.failed)
      wait = Math.min(wait * 2, 60000)
      later(wait)
    }
    busy = false
  }
  const change = () => { dirty = true; unsent = 1; later(1200) }
  form.addEventListener('input', change)
  form.addEventListener('change', change)
  addEventListener('online', () => dirty && later(100))
  document.addEventListener('visibilitychange', () => document.hidden && dirty && save())
}

for (const form of document.querySelectorAll('form[data-guard]')) form.addEventListener('input', () => { unsent = 1 })
document.addEventListener('submit', (event) => { if (event.target.method !== 'get') unsent = 0 })
addEventListener('beforeunload', (event) => { if (unsent) event.preventDefault() })
