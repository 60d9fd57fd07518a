import { authenticate } from '@pocket/core/browser'
import { messagesOf, pageData, resetBusyOnReturn, runCeremony } from './problem-region.ts'

type Ceremony = Parameters<typeof authenticate>[0]

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-ceremony]')) {
  // The page and this script come from the same build, so the data needs no validation.
  const ceremony = pageData(button, 'ceremony') as Ceremony
  const messages = messagesOf(button)
  button.addEventListener('click', () => runCeremony({ button, messages, run: () => authenticate(ceremony) }))
  resetBusyOnReturn(button)
}
