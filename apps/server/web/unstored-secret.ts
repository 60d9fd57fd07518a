// Leaving the pages of a client asks for confirmation while a new secret has not been stored.

const secret = document.querySelector<HTMLElement>('[data-unstored]')
/** The path of the client, whose own pages keep showing the secret. */
const clientPath = secret?.dataset.unstored
if (clientPath !== undefined) {
  let isOwnNavigation = false
  const isOwnPath = (url: string) => {
    const path = new URL(url, location.href).pathname
    return path === clientPath || path.startsWith(`${clientPath}/`)
  }
  // On the links only: with a listener on the page, screen readers call every element clickable.
  for (const link of document.querySelectorAll('a'))
    link.addEventListener('click', ({ ctrlKey, metaKey, shiftKey }) => {
      // With one of these keys the link opens elsewhere, and this page stays.
      isOwnNavigation = !(ctrlKey || metaKey || shiftKey) && isOwnPath(link.href)
    })
  addEventListener('submit', ({ target, defaultPrevented }) => {
    isOwnNavigation = !defaultPrevented && target instanceof HTMLFormElement && isOwnPath(target.action)
  })
  addEventListener('beforeunload', (event) => {
    if (secret?.dataset.unstored && !isOwnNavigation) event.preventDefault()
  })
  // The application may have used the secret while the administrator was in another tab.
  addEventListener('focus', () => {
    if (secret?.dataset.unstored) void checkUse(clientPath).catch(() => undefined)
  })
}

async function checkUse(path: string): Promise<void> {
  const response = await fetch(path, { redirect: 'error' })
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  // Without any secret its ten minutes are over, and only this page still shows it.
  if (page.querySelector('.new-secret') && !page.querySelector('[data-unstored]')) delete secret?.dataset.unstored
}
