import { authenticate, autofill, explain } from '@pocket/core/browser'
import { pageData, restOnReturn, runCeremony, sentencesOf, showProblem } from './problem-region.ts'

type Ceremony = Parameters<typeof authenticate>[0]

const button = document.querySelector<HTMLButtonElement>('#passkey')
if (button) {
  // The page and this script come from the same server and the same build.
  const ceremony = pageData(button, 'ceremony') as Ceremony
  const sentences = sentencesOf(button)
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
  button.addEventListener('click', async () => {
    await runCeremony({ button, sentences, run: () => authenticate(ceremony) })
    // Where it came to nothing the field offers them again.
    if (button.ariaBusy !== 'true') void offerInField()
  })
  restOnReturn(button)
  void offerInField()
}
