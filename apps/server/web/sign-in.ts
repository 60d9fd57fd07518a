import { authenticate, autofill, explain } from '@pocket/core/browser'
import { pageData, restOnReturn, runCeremony, sentencesOf, showProblem } from './problem-region.ts'

type Ceremony = Parameters<typeof authenticate>[0]

/**
 * Maximum number of rejected passkeys in autofill: an authenticator that responds automatically would otherwise be rejected
 * endlessly.
 */
const maxRefusals = 3

// A passkey button, or a form whose field also offers passkeys.
const carrier = document.querySelector<HTMLElement>('[data-ceremony]')
if (carrier) {
  // The page and this script come from the same build, so the data needs no validation.
  const ceremony = pageData(carrier, 'ceremony') as Ceremony
  const sentences = sentencesOf(carrier)
  const field = document.querySelector<HTMLInputElement>('input[autocomplete$="webauthn"]')
  let offer = new AbortController()
  const offerInField = async () => {
    if (!field) return
    offer = new AbortController()
    const { signal } = offer
    for (let refusals = 0; refusals < maxRefusals; refusals += 1) {
      try {
        const outcome = await autofill(ceremony, { signal })
        if (outcome && !signal.aborted) location.assign(outcome.redirectTo)
        return
      } catch (error) {
        if (signal.aborted) return
        showProblem(sentences, explain(error))
      }
    }
  }
  // Typing a code or submitting a form cancels the passkey offer.
  carrier.addEventListener('input', () => offer.abort())
  addEventListener('submit', () => offer.abort())
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void offerInField()
  })
  if (carrier instanceof HTMLButtonElement) {
    carrier.addEventListener('click', async () => {
      await runCeremony({ button: carrier, sentences, run: () => authenticate(ceremony) })
      // The field offers passkeys again after a failed ceremony.
      if (carrier.ariaBusy !== 'true') void offerInField()
    })
    restOnReturn(carrier)
  }
  void offerInField()
}
