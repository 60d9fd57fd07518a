import { register } from '@pocket/core/browser'
import { restOnReturn, runCeremony, sentencesOf } from './problem-region.ts'

const button = document.querySelector<HTMLButtonElement>('#add-passkey')
if (button) {
  const { options = '', submit = '' } = button.dataset
  const sentences = sentencesOf(button)
  const run = () => register({ optionsFrom: options, submitTo: submit })
  button.addEventListener('click', () => runCeremony({ button, sentences, run }))
  restOnReturn(button)
}
