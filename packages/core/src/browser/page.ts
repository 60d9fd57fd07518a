/**
 * The script of the default sign-in and sign-up pages. It includes all of `@pocket/core/browser` and is the module that
 * core serves.
 *
 * @module
 */
import type { AuthenticationCeremony } from '../views/views.ts'
import { authenticate, type CeremonyOutcome, explain, type RegistrationCeremony, register } from './passkey.ts'

export * from './passkey.ts'

const sentences = readDataBlock('sentences')
const authentication = readDataBlock('ceremony')
const registration = readDataBlock('registration')
const button = document.querySelector<HTMLButtonElement>('button#passkey')
const form = document.querySelector<HTMLFormElement>('form#sign-up')

// The casts are safe because the same server sends the page and this script.
if (button && authentication)
  button.addEventListener('click', () => run(button, () => authenticate(authentication as AuthenticationCeremony)))
if (button && registration)
  button.addEventListener('click', () => run(button, () => register(registration as RegistrationCeremony)))
if (form && registration)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const input = Object.fromEntries(new FormData(form))
    const submitButton = form.querySelector('button')
    if (submitButton) run(submitButton, () => register({ ...(registration as RegistrationCeremony), input }))
  })

async function run(trigger: HTMLButtonElement, ceremony: () => Promise<CeremonyOutcome>): Promise<void> {
  if (trigger.ariaBusy === 'true') return
  trigger.ariaBusy = 'true'
  show('')
  try {
    location.assign((await ceremony()).redirectTo)
  } catch (error) {
    trigger.ariaBusy = 'false'
    show(explain(error).code)
  }
}

function show(code: string): void {
  const region = document.querySelector('#problem')
  const messages = sentences ?? {}
  if (region) region.textContent = code && String(Reflect.get(messages, code) ?? Reflect.get(messages, 'fallback'))
}

function readDataBlock(id: string): object | undefined {
  const block = document.querySelector(`script#${id}[type="application/json"]`)
  const data: unknown = block && JSON.parse(block.textContent ?? '')
  return typeof data === 'object' && data !== null ? data : undefined
}
