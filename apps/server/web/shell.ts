import './times.ts'
import './transitions.ts'

// A submitted form shows progress on its button and is sent only once.
addEventListener('submit', (event) => {
  const { target: form, submitter } = event
  // Searches respond immediately; closing a dialog sends nothing.
  if (!(form instanceof HTMLFormElement) || !(submitter instanceof HTMLButtonElement)) return
  if (event.defaultPrevented || (submitter.formMethod || form.method) !== 'post') return
  if (form.ariaBusy === 'true') return event.preventDefault()
  form.ariaBusy = 'true'
  submitter.ariaBusy = 'true'
})

// A page restored from the back/forward cache must not look busy.
addEventListener('pageshow', () => {
  for (const element of document.querySelectorAll('form[aria-busy], button[aria-busy]')) element.ariaBusy = null
})

/**
 * Focuses the result message for screen readers. Errors receive the focus automatically, and a URL fragment may name an element.
 */
if (document.activeElement === document.body && location.hash === '' && !document.querySelector('main [autofocus]'))
  (
    document.querySelector<HTMLElement>('[data-outcome][role="alert"]') ??
    document.querySelector<HTMLElement>('[data-outcome]')
  )?.focus()

/** On a narrow phone the tabs scroll. `scrollIntoView` would also scroll the page. */
const currentTab = document.querySelector('.on-one-line [aria-current]')
const tabs = currentTab?.closest('.on-one-line')
if (currentTab && tabs) {
  const [tab, line] = [currentTab.getBoundingClientRect(), tabs.getBoundingClientRect()]
  tabs.scrollBy(Math.max(0, tab.right - line.right) + Math.min(0, tab.left - line.left), 0)
}

const paletteButton = document.querySelector<HTMLButtonElement>('button[data-palette]')
const dialog = document.querySelector<HTMLDialogElement>('#palette')

/** The palette's script is loaded on demand. Input before then is not lost. */
async function open(): Promise<void> {
  const path = paletteButton?.dataset.palette
  if (path === undefined || !dialog || dialog.open) return
  dialog.querySelector('form')?.reset()
  dialog.showModal()
  const { begin }: typeof import('./palette.ts') = await import(path)
  begin()
}

paletteButton?.addEventListener('click', (event) => {
  event.preventDefault()
  void open()
})
addEventListener('keydown', (event) => {
  if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
  // Another modal dialog is open.
  if (document.querySelector('dialog:modal')) return
  event.preventDefault()
  void open()
})
