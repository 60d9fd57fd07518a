import { authenticate } from '@pocket/core/browser'
import { messagesOf, pageData, resetBusyOnReturn, runCeremony } from './problem-region.ts'

const form = document.querySelector<HTMLFormElement>('#act')
const button = form?.querySelector<HTMLButtonElement>('button[data-ceremony]')
if (form && button) {
  // The page and this script come from the same build, so the data needs no validation.
  const ceremony = pageData(button, 'ceremony') as Parameters<typeof authenticate>[0]
  const onSuccess = () => form.submit()
  const run = () => authenticate(ceremony)
  button.addEventListener('click', () => runCeremony({ button, messages: messagesOf(button), run, onSuccess }))
  resetBusyOnReturn(button)
}
