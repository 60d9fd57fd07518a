// A form that is on its way shows so on the button that sent it, and is sent once.
addEventListener('submit', (event) => {
  const { target: form, submitter } = event
  // What is searched answers at once; a dialog that is closed sends nothing.
  if (!(form instanceof HTMLFormElement) || !(submitter instanceof HTMLButtonElement)) return
  if (event.defaultPrevented || (submitter.formMethod || form.method) !== 'post') return
  if (form.ariaBusy === 'true') return event.preventDefault()
  form.ariaBusy = 'true'
  submitter.ariaBusy = 'true'
})

// A page that comes back from the browser's memory must not look busy.
addEventListener('pageshow', () => {
  for (const busy of document.querySelectorAll('form[aria-busy], form button[aria-busy]')) busy.ariaBusy = null
})
