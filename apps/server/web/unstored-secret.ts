// Leaving the pages of a client asks for confirmation while a new secret has not been stored.

/** The path of the client, whose own pages keep showing the secret. */
const clientPath = document.querySelector<HTMLElement>('[data-unstored]')?.dataset.unstored
if (clientPath !== undefined) {
  let isOwnNavigation = false
  const isOwnPath = (url: string) => {
    const path = new URL(url, location.href).pathname
    return path === clientPath || path.startsWith(`${clientPath}/`)
  }
  addEventListener('click', ({ target }) => {
    const link = target instanceof Element ? target.closest('a') : null
    isOwnNavigation = link !== null && isOwnPath(link.href)
  })
  addEventListener('submit', ({ target }) => {
    isOwnNavigation = target instanceof HTMLFormElement && isOwnPath(target.action)
  })
  addEventListener('beforeunload', (event) => {
    if (!isOwnNavigation) event.preventDefault()
  })
}
