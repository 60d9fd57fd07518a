import { authenticate } from '@pocket/core/browser'
import { pageData, restOnReturn, runCeremony, sentencesOf } from './problem-region.ts'

type Ceremony = Parameters<typeof authenticate>[0]

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-ceremony]')) {
  // The page and this script come from the same build, so the data needs no validation.
  const ceremony = pageData(button, 'ceremony') as Ceremony
  const sentences = sentencesOf(button)
  button.addEventListener('click', () => runCeremony({ button, sentences, run: () => authenticate(ceremony) }))
  restOnReturn(button)
}
