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
  const suggestions = [...document.querySelectorAll<HTMLButtonElement>('button[data-add-on]')]
  for (const suggestion of suggestions) start(suggestion, `${options}?on=${suggestion.dataset.addOn}`)
  void sortSuggestions(suggestions)
}

/** Puts the shortest path for this device first. An existing device-bound passkey is probably on this device, which stores only one. */
async function sortSuggestions(suggestions: readonly HTMLButtonElement[]): Promise<void> {
  const [first] = suggestions
  if (!first || !('PublicKeyCredential' in window)) return
  const isPhone = /Android|iPhone|iPad/.test(navigator.userAgent)
  const hasPlatform = await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => true)
  const others = isPhone ? ['key', 'phone'] : ['phone', 'key']
  const isDeviceFirst = hasPlatform && first.dataset.heldBy === 'key'
  const order = isDeviceFirst ? ['device', ...others] : hasPlatform ? [...others, 'device'] : others
  const rank = ({ dataset }: HTMLButtonElement) => order.indexOf(dataset.addOn ?? '')
  for (const suggestion of suggestions) suggestion.hidden = rank(suggestion) < 0
  first.parentElement?.prepend(...suggestions.toSorted((one, other) => rank(one) - rank(other)))
}

const list = document.querySelector<HTMLElement>('[data-signals]')
// As above: from this server, and only for signed-in users.
if (list) void signalAccount(pageData(list, 'signals') as AccountSignals)
