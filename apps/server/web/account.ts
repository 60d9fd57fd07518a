import { type AccountSignals, register, signalAccount } from '@pocket/core/browser'
import { confirmed } from './confirmed.ts'
import { pageData, restOnReturn, runCeremony, sentencesOf } from './problem-region.ts'

const button = document.querySelector<HTMLButtonElement>('#add-passkey')
if (button) {
  const { options = '', submit = '' } = button.dataset
  const sentences = sentencesOf(button)
  const run = () => confirmed(() => register({ optionsFrom: options, submitTo: submit }))
  button.addEventListener('click', () => runCeremony({ button, sentences, run }))
  restOnReturn(button)
}

const list = document.querySelector<HTMLElement>('[data-signals]')
// As above: from this server, and only for signed-in users.
if (list) void signalAccount(pageData(list, 'signals') as AccountSignals)
