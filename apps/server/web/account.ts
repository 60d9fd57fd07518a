import { type AccountSignals, register, signalAccount } from '@pocket/core/browser'
import { messagesOf, pageData, resetBusyOnReturn, runCeremony } from './problem-region.ts'
import { withReauthentication } from './with-reauthentication.ts'

const button = document.querySelector<HTMLButtonElement>('#add-passkey')
if (button) {
  const { options = '', submit = '' } = button.dataset
  const messages = messagesOf(button)
  const start = (pressed: HTMLElement, optionsFrom: string) => {
    const run = () => withReauthentication(() => register({ optionsFrom, submitTo: submit }))
    pressed.addEventListener('click', () => runCeremony({ button: pressed, messages, run }))
    resetBusyOnReturn(pressed)
  }
  start(button, options)
  for (const suggestion of document.querySelectorAll<HTMLButtonElement>('button[data-add-on]'))
    start(suggestion, `${options}?on=${suggestion.dataset.addOn}`)
}

const list = document.querySelector<HTMLElement>('[data-signals]')
// As above: from this server, and only for signed-in users.
if (list) void signalAccount(pageData(list, 'signals') as AccountSignals)
