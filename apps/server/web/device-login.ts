import { sentencesOf, showProblem } from './problem-region.ts'

/** Milliseconds before an unreachable server is polled again. */
const longPause = 3000
/** Milliseconds between two requests, for proxies that prevent long polling. */
const pause = 1000

const form = document.querySelector<HTMLFormElement>('#waiting')
if (form) void wait(form)

/** Polls until another device has decided; the server may take half a minute for each response. */
async function wait(form: HTMLFormElement): Promise<void> {
  for (;;) {
    const answer = await ask(form)
    if (answer !== undefined && answer.status !== 202) return end(form, answer)
    await new Promise((resolve) => setTimeout(resolve, answer ? pause : longPause))
  }
}

async function ask(form: HTMLFormElement): Promise<Response | undefined> {
  const redirect = new FormData(form).get('redirect')
  const response = await fetch(form.action, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ redirect }),
    cache: 'no-store',
  }).catch(() => undefined)
  return response && response.status < 500 ? response : undefined
}

async function end(form: HTMLFormElement, response: Response): Promise<void> {
  const answer: unknown = await response.json().catch(() => ({}))
  const member = (name: string): unknown =>
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined
  const redirectTo = member('redirectTo')
  // This server sends a path; anything else is not followed.
  if (response.ok && typeof redirectTo === 'string' && redirectTo.startsWith('/')) return location.replace(redirectTo)
  document.querySelector('#request')?.remove()
  const sentences = sentencesOf(form)
  form.remove()
  // The only remaining action.
  const again = document.querySelector('#again')
  again?.classList.replace('quiet', 'primary')
  again?.classList.add('big')
  showProblem(sentences, { code: String(member('code')), fields: [], requestId: null })
}
