import './busy.ts'
import './transitions.ts'

/**
 * What was done is read out, and where the person goes on from. What was refused takes the focus by itself, and an address
 * may have named a place.
 */
if (document.activeElement === document.body && location.hash === '' && !document.querySelector('main [autofocus]'))
  (
    document.querySelector<HTMLElement>('[data-outcome][role="alert"]') ??
    document.querySelector<HTMLElement>('[data-outcome]')
  )?.focus()

const opener = document.querySelector<HTMLButtonElement>('button[data-palette]')
const dialog = document.querySelector<HTMLDialogElement>('#palette')

/** What the palette does comes when it is asked for, so that no page carries it. What is typed meanwhile is not lost. */
async function open(): Promise<void> {
  const path = opener?.dataset.palette
  if (path === undefined || !dialog || dialog.open) return
  dialog.querySelector('form')?.reset()
  dialog.showModal()
  const { begin }: typeof import('./palette.ts') = await import(path)
  begin()
}

opener?.addEventListener('click', (event) => {
  event.preventDefault()
  void open()
})
addEventListener('keydown', (event) => {
  if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
  // Another dialog has the person's attention.
  if (document.querySelector('dialog:modal')) return
  event.preventDefault()
  void open()
})
