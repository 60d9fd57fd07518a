// Tests a client without leaving the page, so that nothing typed on it is lost.

const testForm = document.querySelector<HTMLFormElement>('form[data-test]')
const region = document.querySelector('#client-test')

testForm?.addEventListener('submit', (event) => {
  event.preventDefault()
  if (testForm.ariaBusy !== 'true') void runTest(testForm)
})

async function runTest(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector('button')
  form.ariaBusy = 'true'
  if (button) button.ariaBusy = 'true'
  try {
    const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(), redirect: 'error' })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const result = page.querySelector('#client-test > *')
    if (!(response.ok && result && region)) throw new Error('The page has no test result.')
    // The script moves the focus.
    for (const element of result.querySelectorAll('[autofocus]')) element.removeAttribute('autofocus')
    region.replaceChildren(document.adoptNode(result))
    region.querySelector('h2')?.focus()
    form.ariaBusy = null
    if (button) button.ariaBusy = null
  } catch {
    // The page of the form explains the failure, such as a session that ended.
    form.submit()
  }
}
