import { type Explanation, explain } from '@pocket/core/browser'

/** The sentences for the reasons of a failed ceremony, as the page brings them. */
export type Sentences = Readonly<Record<string, string>>

/** Shows one sentence in the page's alert, which screen readers announce. */
export function showProblem(sentences: Sentences, { reason }: Explanation): void {
  const region = document.querySelector('#problem')
  const template = document.querySelector('template#problem-note')
  if (region === null || !(template instanceof HTMLTemplateElement)) return
  const note = template.content.cloneNode(true)
  if (note instanceof DocumentFragment) {
    const text = note.querySelector('p')
    if (text) text.textContent = sentences[reason] ?? sentences.unexpected ?? ''
    const own = note.querySelector('a')
    if (own && reason === 'wrong_address' && own.origin !== location.origin)
      own.href = own.origin + location.pathname + location.search
    else own?.remove()
  }
  region.replaceChildren(note)
}

export function clearProblem(): void {
  document.querySelector('#problem')?.replaceChildren()
}

/** Reads JSON that the page carries in a data attribute. */
export function pageData(element: HTMLElement, name: string): unknown {
  return JSON.parse(element.dataset[name] ?? 'null')
}

/** The sentences in `data-messages`. */
export function sentencesOf(element: HTMLElement): Sentences {
  // The page and this script come from the same server and the same build.
  return pageData(element, 'messages') as Sentences
}

/** What a button does while its ceremony runs. */
export interface CeremonyRun {
  readonly button: HTMLElement
  readonly sentences: Sentences
  /** Runs the ceremony and says where to go. */
  readonly run: () => Promise<{ readonly redirectTo: string }>
  /** Goes on after it; by default to where `run` says. */
  readonly goOn?: (to: string) => void
  /** Gets an explanation first; returns true where it has shown it. */
  readonly onProblem?: (explanation: Explanation) => boolean
}

/** Runs one ceremony at a time: busy while it lasts, then on to where the server says, or one sentence and back to the button. */
export async function runCeremony({ button, sentences, run, goOn, onProblem }: CeremonyRun): Promise<void> {
  if (button.ariaBusy === 'true') return
  button.ariaBusy = 'true'
  clearProblem()
  try {
    const { redirectTo } = await run()
    if (goOn) goOn(redirectTo)
    else location.assign(redirectTo)
  } catch (error) {
    button.ariaBusy = null
    const explanation = explain(error)
    if (onProblem?.(explanation)) return
    showProblem(sentences, explanation)
    button.focus()
  }
}

/** A page that comes back from the browser's memory must not look busy. */
export function restOnReturn(button: HTMLElement): void {
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) button.ariaBusy = null
  })
}
