import { type AccountSignals, register, signalAccount } from '@pocket/core/browser'
import { messagesOf, pageData, resetBusyOnReturn, runCeremony } from './problem-region.ts'
import { withReauthentication } from './with-reauthentication.ts'

const source = document.querySelector<HTMLElement>('#add-passkey')
if (source) {
  const { options = '', submit = '' } = source.dataset
  const messages = messagesOf(source)
  const start = (pressed: HTMLButtonElement, optionsFrom: string) => {
    const run = () => withReauthentication(() => register({ optionsFrom, submitTo: submit }))
    pressed.addEventListener('click', () => runCeremony({ button: pressed, messages, run }))
    resetBusyOnReturn(pressed)
  }
  if (source instanceof HTMLButtonElement) start(source, options)
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
  // The hidden one comes last, where the page keeps its space.
  const all = [...order, 'device']
  const rank = ({ dataset }: HTMLButtonElement) => all.indexOf(dataset.addOn ?? '')
  for (const suggestion of suggestions) suggestion.hidden = rank(suggestion) >= order.length
  first.parentElement?.prepend(...suggestions.toSorted((one, other) => rank(one) - rank(other)))
}

const list = document.querySelector<HTMLElement>('[data-signals]')
// As above: from this server, and only for signed-in users.
if (list) void signalAccount(pageData(list, 'signals') as AccountSignals)
