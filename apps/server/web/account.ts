import { type AccountSignals, register, signalAccount } from '@pocket/core/browser'
import { messagesOf, pageData, resetBusyOnReturn, runCeremony } from './problem-region.ts'
import { withReauthentication } from './with-reauthentication.ts'

const button = document.querySelector<HTMLButtonElement>('#add-passkey')
if (button) {
  const { options = '', submit = '' } = button.dataset
  const messages = messagesOf(button)
  const run = () => withReauthentication(() => register({ optionsFrom: options, submitTo: submit }))
  button.addEventListener('click', () => runCeremony({ button, messages, run }))
  resetBusyOnReturn(button)
}

const list = document.querySelector<HTMLElement>('[data-signals]')
// As above: from this server, and only for signed-in users.
if (list) void signalAccount(pageData(list, 'signals') as AccountSignals)
