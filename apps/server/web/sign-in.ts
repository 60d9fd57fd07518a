import { authenticate, autofill, explain } from '@pocket/core/browser'
import { pageData, restOnReturn, runCeremony, sentencesOf, showProblem } from './problem-region.ts'

type Ceremony = Parameters<typeof authenticate>[0]

/** How many refused passkeys the field puts up with: an authenticator that answers by itself would be refused without end. */
const maxRefusals = 3

// The button of a passkey, or a form whose field offers passkeys beside what it is for.
const carrier = document.querySelector<HTMLElement>('[data-ceremony]')
if (carrier) {
  // The page and this script come from the same server and the same build.
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
  // Who types a code, or has sent a form, goes where that leads.
  carrier.addEventListener('input', () => offer.abort())
  addEventListener('submit', () => offer.abort())
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void offerInField()
  })
  if (carrier instanceof HTMLButtonElement) {
    carrier.addEventListener('click', async () => {
      await runCeremony({ button: carrier, sentences, run: () => authenticate(ceremony) })
      // Where it came to nothing the field offers them again.
      if (carrier.ariaBusy !== 'true') void offerInField()
    })
    restOnReturn(carrier)
  }
  void offerInField()
}
