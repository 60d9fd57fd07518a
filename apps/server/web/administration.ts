import './client-test.ts'
import './copy.ts'
import './leaving.ts'
import './picker.ts'
import './savebar.ts'

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-print]'))
  button.addEventListener('click', () => print())

/** Links to a confirmation page open its dialog instead, if there is one. */
for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-dialog]')) {
  const dialog = document.querySelector<HTMLDialogElement>(`dialog#${CSS.escape(link.dataset.dialog ?? '')}`)
  if (!dialog) continue
  link.role = 'button'
  link.ariaHasPopup = 'dialog'
  const open = () => {
    dialog.showModal()
    // Holding Enter down must not confirm an irreversible action.
    dialog.querySelector<HTMLElement>('button[form]')?.focus()
  }
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    open()
  })
  link.addEventListener('keydown', (event) => {
    if (event.key !== ' ') return
    event.preventDefault()
    open()
  })
}

for (const checkAll of document.querySelectorAll<HTMLInputElement>('input[data-check-all]')) {
  const boxes = [...(checkAll.form?.elements ?? [])].filter(
    (element): element is HTMLInputElement =>
      element instanceof HTMLInputElement && element.name === checkAll.dataset.checkAll && element.type === 'checkbox',
  )
  const updateCheckAll = () => {
    const checked = boxes.filter((box) => box.checked).length
    checkAll.checked = checked > 0 && checked === boxes.length
    checkAll.indeterminate = checked > 0 && checked < boxes.length
  }
  checkAll.addEventListener('change', () => {
    for (const box of boxes) box.checked = checkAll.checked
  })
  for (const box of boxes) box.addEventListener('change', updateCheckAll)
  // The browser restores selections when the user returns to the page.
  addEventListener('pageshow', updateCheckAll)
}

/** Open menus close when the user interacts outside of them. */
for (const drop of document.querySelectorAll<HTMLDetailsElement>('details.drop')) {
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Node && !drop.contains(target)) drop.open = false
  })
  drop.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !drop.open) return
    drop.open = false
    drop.querySelector('summary')?.focus()
  })
}

/** Filters a list while typing; without JavaScript, a form does this on the server. */
for (const input of document.querySelectorAll<HTMLInputElement>('input[data-narrows]')) {
  const list = document.querySelector(`#${CSS.escape(input.dataset.narrows ?? '')}`)
  const emptyNote = document.querySelector<HTMLElement>(`#${CSS.escape(input.dataset.narrows ?? '')}-none`)
  const items = [...(list?.querySelectorAll<HTMLElement>('[data-name]') ?? [])]
  input.addEventListener('input', () => {
    const terms = input.value.toLowerCase().split(/\s+/)
    for (const item of items) item.hidden = !terms.every((term) => item.dataset.name?.includes(term))
    if (emptyNote) emptyNote.hidden = items.some((item) => !item.hidden)
  })
}
