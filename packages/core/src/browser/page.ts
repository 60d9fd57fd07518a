/**
 * What runs on the default sign-in page, and the whole of `@pocket/core/browser` with it: the module that core serves.
 *
 * @module
 */
import type { AuthenticationCeremony } from '../interactions/views.ts'
import { authenticate, explain } from './passkey.ts'

export * from './passkey.ts'

const button = document.querySelector<HTMLButtonElement>('button#passkey')
const ceremony = dataOf('ceremony')
const sentences = dataOf('sentences')
if (button && ceremony && sentences) {
  const show = (code: string) => {
    const region = document.querySelector('#problem')
    if (region) region.textContent = code && String(Reflect.get(sentences, code) ?? Reflect.get(sentences, 'fallback'))
  }
  button.addEventListener('click', async () => {
    if (button.ariaBusy === 'true') return
    button.ariaBusy = 'true'
    show('')
    try {
      // A cast: the page and this script come from the same server.
      const { redirectTo } = await authenticate(ceremony as AuthenticationCeremony)
      location.assign(redirectTo)
    } catch (error) {
      button.ariaBusy = 'false'
      show(explain(error).reason)
    }
  })
}

function dataOf(id: string): object | undefined {
  const block = document.querySelector(`script#${id}[type="application/json"]`)
  const data: unknown = block && JSON.parse(block.textContent ?? '')
  return typeof data === 'object' && data !== null ? data : undefined
}
