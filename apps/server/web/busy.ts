// A submitted form shows progress on its button and is sent only once.
addEventListener('submit', (event) => {
  const { target: form, submitter } = event
  // Searches respond immediately; closing a dialog sends nothing.
  if (!(form instanceof HTMLFormElement) || !(submitter instanceof HTMLButtonElement)) return
  if (event.defaultPrevented || (submitter.formMethod || form.method) !== 'post') return
  if (form.ariaBusy === 'true') return event.preventDefault()
  form.ariaBusy = 'true'
  submitter.ariaBusy = 'true'
})

// A page restored from the back/forward cache must not look busy.
addEventListener('pageshow', () => {
  for (const element of document.querySelectorAll('form[aria-busy], button[aria-busy]')) element.ariaBusy = null
})
