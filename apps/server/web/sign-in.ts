import { authenticate, autofill, explain } from '@pocket/core/browser'
import { messagesOf, pageData, resetBusyOnReturn, runCeremony, showProblem } from './problem-region.ts'

type Ceremony = Parameters<typeof authenticate>[0]

/**
 * Maximum number of rejected passkeys in autofill: an authenticator that responds automatically would otherwise be rejected
 * endlessly.
 */
const maxRejections = 3

// A passkey button, or a form whose field also offers passkeys.
const trigger = document.querySelector<HTMLElement>('[data-ceremony]')
if (trigger) {
  // The page and this script come from the same build, so the data needs no validation.
  const ceremony = pageData(trigger, 'ceremony') as Ceremony
  const messages = messagesOf(trigger)
  const field = document.querySelector<HTMLInputElement>('input[autocomplete$="webauthn"]')
  let autofillController = new AbortController()
  const startAutofill = async () => {
    if (!field) return
    autofillController = new AbortController()
    const { signal } = autofillController
    for (let rejections = 0; rejections < maxRejections; rejections += 1) {
      try {
        const outcome = await autofill(ceremony, { signal })
        if (outcome && !signal.aborted) location.assign(outcome.redirectTo)
        return
      } catch (error) {
        if (signal.aborted) return
        showProblem(messages, explain(error))
      }
    }
  }
  // Typing a code or submitting a form cancels the passkey offer.
  trigger.addEventListener('input', () => autofillController.abort())
  addEventListener('submit', () => autofillController.abort())
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void startAutofill()
  })
  if (trigger instanceof HTMLButtonElement) {
    trigger.addEventListener('click', async () => {
      await runCeremony({ button: trigger, messages, run: () => authenticate(ceremony) })
      // The field offers passkeys again after a failed ceremony.
      if (trigger.ariaBusy !== 'true') void startAutofill()
    })
    resetBusyOnReturn(trigger)
  }
  void startAutofill()
}
