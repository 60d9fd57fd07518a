import { messagesOf, showProblem } from './problem-region.ts'

/** Milliseconds before an unreachable server is polled again. */
const errorDelay = 3000
/** Milliseconds between two requests, for proxies that prevent long polling. */
const pollDelay = 1000

const form = document.querySelector<HTMLFormElement>('#waiting')
if (form) void pollUntilDecided(form)

/** Polls until another device has decided; the server may take half a minute for each response. */
async function pollUntilDecided(form: HTMLFormElement): Promise<void> {
  for (;;) {
    const response = await poll(form)
    if (response !== undefined && response.status !== 202) return finish(form, response)
    await new Promise((resolve) => setTimeout(resolve, response ? pollDelay : errorDelay))
  }
}

async function poll(form: HTMLFormElement): Promise<Response | undefined> {
  const redirect = new FormData(form).get('redirect')
  const response = await fetch(form.action, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ redirect }),
    cache: 'no-store',
  }).catch(() => undefined)
  return response && response.status < 500 ? response : undefined
}

async function finish(form: HTMLFormElement, response: Response): Promise<void> {
  const body: unknown = await response.json().catch(() => ({}))
  const property = (name: string): unknown =>
    typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
  const redirectTo = property('redirectTo')
  // This server sends a path; anything else is not followed.
  if (response.ok && typeof redirectTo === 'string' && redirectTo.startsWith('/')) return location.replace(redirectTo)
  document.querySelector('#request')?.remove()
  const messages = messagesOf(form)
  form.remove()
  // The only remaining action.
  const retryLink = document.querySelector('#again')
  retryLink?.classList.replace('quiet', 'primary')
  retryLink?.classList.add('big')
  showProblem(messages, { code: String(property('code')), fields: [], requestId: null })
}
