const status = document.querySelector<HTMLElement>('#copy-status')
const resetDelay = 2000

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]'))
  button.addEventListener('click', () => copy(button))

async function copy(button: HTMLButtonElement): Promise<void> {
  const source = document.querySelector(`#${CSS.escape(button.dataset.copy ?? '')}`)
  if (!source) return
  try {
    await navigator.clipboard.writeText(source.textContent)
    announce(status?.dataset.copied)
    button.dataset.copied = ''
    setTimeout(() => delete button.dataset.copied, resetDelay)
  } catch {
    // The clipboard is unavailable over plain HTTP or if blocked: select the text for manual copying.
    getSelection()?.selectAllChildren(source)
    announce(status?.dataset.selected)
  }
}

/** Cleared first, so that screen readers announce a repeated message. */
function announce(text = ''): void {
  if (!status) return
  status.textContent = ''
  requestAnimationFrame(() => {
    status.textContent = text
  })
}
