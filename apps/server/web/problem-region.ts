import { type Explanation, explain } from '@pocket/core/browser'

/** The messages for the error codes of a failed ceremony, from the page. */
export type ProblemMessages = Readonly<Record<string, string>>

/** Shows a message in the page's alert, which screen readers announce. */
export function showProblem(messages: ProblemMessages, { code }: Explanation): void {
  const region = document.querySelector('#problem')
  const template = document.querySelector('template#problem-note')
  if (region === null || !(template instanceof HTMLTemplateElement)) return
  const note = template.content.cloneNode(true)
  if (note instanceof DocumentFragment) {
    const text = note.querySelector('p')
    if (text) text.textContent = messages[code] ?? messages.unexpected ?? ''
    const link = note.querySelector('a')
    if (link && code === 'wrong_address' && link.origin !== location.origin)
      link.href = link.origin + location.pathname + location.search
    else link?.remove()
  }
  region.replaceChildren(note)
}

function clearProblem(): void {
  document.querySelector('#problem')?.replaceChildren()
}

/** Reads JSON from a data attribute of the page. */
export function pageData(element: HTMLElement, name: string): unknown {
  return JSON.parse(element.dataset[name] ?? 'null')
}

/** The messages in `data-messages`. */
export function messagesOf(element: HTMLElement): ProblemMessages {
  // The page and this script come from the same build, so the data needs no validation.
  return pageData(element, 'messages') as ProblemMessages
}

export interface CeremonyRun {
  readonly button: HTMLElement
  readonly messages: ProblemMessages
  /** Runs the ceremony and returns the redirect path. */
  readonly run: () => Promise<{ readonly redirectTo: string }>
  /** Continues after the ceremony; by default redirects to the path that `run` returns. */
  readonly onSuccess?: (redirectTo: string) => void
  /** Handles an error first; returns true if it has displayed it. */
  readonly onProblem?: (explanation: Explanation) => boolean
}

/** Runs one ceremony at a time: shows progress, then redirects, or shows an error and focuses the button again. */
export async function runCeremony({ button, messages, run, onSuccess, onProblem }: CeremonyRun): Promise<void> {
  if (button.ariaBusy === 'true') return
  button.ariaBusy = 'true'
  clearProblem()
  try {
    const { redirectTo } = await run()
    if (onSuccess) onSuccess(redirectTo)
    else location.assign(redirectTo)
  } catch (error) {
    button.ariaBusy = null
    const explanation = explain(error)
    if (onProblem?.(explanation)) return
    showProblem(messages, explanation)
    button.focus()
  }
}

/** A page restored from the back/forward cache must not look busy. */
export function resetBusyOnReturn(button: HTMLElement): void {
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) button.ariaBusy = null
  })
}
