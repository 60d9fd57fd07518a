import { authenticate, autofill, explain } from '@pocket/core/browser'
import { pageData, restOnReturn, runCeremony, sentencesOf, showProblem } from './problem-region.ts'

type Ceremony = Parameters<typeof authenticate>[0]

// The button of a passkey, or a form whose field offers passkeys beside what it is for.
const carrier = document.querySelector<HTMLElement>('[data-ceremony]')
if (carrier) {
  // The page and this script come from the same server and the same build.
  const ceremony = pageData(carrier, 'ceremony') as Ceremony
  const sentences = sentencesOf(carrier)
  const offerInField = async () => {
    const since = performance.now()
    if (!document.querySelector('input[autocomplete$="webauthn"]')) return
    try {
      const outcome = await autofill(ceremony)
      if (outcome) location.assign(outcome.redirectTo)
    } catch (error) {
      showProblem(sentences, explain(error))
      // What answers faster than a person chooses would answer so again and again.
      if (performance.now() - since > 1000) void offerInField()
    }
  }
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
