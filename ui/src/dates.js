// <input data-date>: 20112026 becomes 20/11/2026 while typing; nothing is changed that was typed with its own slashes.
document.addEventListener('input', (event) => {
  const input = event.target
  if (!input.matches?.('input[data-date]') || event.inputType?.startsWith('delete')) return
  if (input.selectionStart !== input.value.length) return
  const digits = input.value.replace(/\D/g, '')
  if (/^\d{1,2}\/$|^\d{1,2}\/\d{1,2}\/$/.test(input.value) || /[^\d/]/.test(input.value)) return
  if (/^\d+$/.test(input.value) || /^\d{2}\/\d+$/.test(input.value)) {
    input.value = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 8)].filter(Boolean).join('/')
  }
})
// <input data-money>: thousands apart when the typing is done.
document.addEventListener('focusout', (event) => {
  const input = event.target
  if (!input.matches?.('input[data-money]') || !/^[\d.\s]+$/.test(input.value)) return
  input.value = input.value.replace(/\D/g, '').replace(/\B(?=(\d{3})+(?!\d))/g, '.')
})
