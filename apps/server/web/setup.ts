import { type Explanation, register } from '@pocket/core/browser'
import { messagesOf, type ProblemMessages, pageData, resetBusyOnReturn, runCeremony } from './problem-region.ts'
import { withReauthentication } from './with-reauthentication.ts'

const form = document.querySelector<HTMLFormElement>('#setup')
const button = form?.querySelector<HTMLButtonElement>('button[type="submit"]')
if (form && button) {
  const messages = messagesOf(form)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    clearFields(form)
    const input = Object.fromEntries(new FormData(form))
    const run = () =>
      withReauthentication(() => register({ optionsFrom: form.dataset.options ?? '', submitTo: form.action, input }))
    runCeremony({ button, messages, run, onProblem: (explanation) => showFields(form, explanation) })
  })
  resetBusyOnReturn(button)
  // The link of an e-mailed invitation contains the address of its recipient.
  const email = form.querySelector<HTMLInputElement>('#f-email')
  const recipient = new URLSearchParams(location.hash.slice(1)).get('email')
  if (email && recipient && email.value === '') email.value = recipient
}

/** Shows each error at its field and in the summary, which receives the focus. */
function showFields(form: HTMLFormElement, { fields }: Explanation): boolean {
  // The page and this script come from the same build, so the data needs no validation.
  const messages = pageData(form, 'fields') as ProblemMessages
  const items: HTMLElement[] = []
  for (const { field, code } of fields) {
    const input = document.querySelector<HTMLInputElement>(`#f-${CSS.escape(field)}`)
    if (!input) continue
    const message = messages[`${field}.${code}`] ?? messages[`any.${code}`] ?? messages['any.invalid'] ?? ''
    input.ariaInvalid = 'true'
    document.querySelector(`#${input.id}-error`)?.append(element('p', message))
    const link = element('a', message)
    link.setAttribute('href', `#${input.id}`)
    items.push(element('li', link))
  }
  if (items.length === 0) return false
  const summary = document.querySelector<HTMLElement>('#summary')
  summary?.querySelector('ul')?.replaceChildren(...items)
  if (summary) summary.hidden = false
  summary?.focus()
  return true
}

function clearFields(form: HTMLFormElement): void {
  for (const input of form.querySelectorAll('[aria-invalid]')) input.ariaInvalid = null
  for (const error of form.querySelectorAll('.error')) error.replaceChildren()
  const summary = document.querySelector<HTMLElement>('#summary')
  if (summary) summary.hidden = true
}

function element(name: string, ...children: (string | Node)[]): HTMLElement {
  const node = document.createElement(name)
  node.append(...children)
  return node
}
