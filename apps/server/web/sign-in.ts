import { authenticate } from '@pocket/core/browser'
import { pageData, restOnReturn, runCeremony, sentencesOf } from './problem-region.ts'

type Ceremony = Parameters<typeof authenticate>[0]

const button = document.querySelector<HTMLButtonElement>('#passkey')
if (button) {
  // The page and this script come from the same server and the same build.
  const ceremony = pageData(button, 'ceremony') as Ceremony
  const sentences = sentencesOf(button)
  button.addEventListener('click', () => runCeremony({ button, sentences, run: () => authenticate(ceremony) }))
  restOnReturn(button)
}
