// <div data-when="key=one|two;other=three">: asked only while each field named has one of its values. Without scripts it is always
// asked and the server leaves out what does not apply.
const asked = (form, condition) =>
  condition.split(';').every((part) => {
    const [name, values] = part.split('=')
    const given = new FormData(form).getAll(name)
    return values.split('|').some((value) => given.includes(value))
  })

for (const form of document.querySelectorAll('form')) {
  const places = form.querySelectorAll('[data-when]')
  if (!places.length) continue
  const look = () => {
    for (const place of places) place.hidden = !asked(form, place.dataset.when)
  }
  form.addEventListener('change', look)
  look()
}
