const opener = document.querySelector<HTMLButtonElement>('button[data-palette]')

/** The palette comes when it is asked for, so that no page carries it. */
async function open(): Promise<void> {
  const path = opener?.dataset.palette
  if (path === undefined) return
  const { openPalette }: typeof import('./palette.ts') = await import(path)
  openPalette()
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
