import './client-test.ts'
import './copy.ts'
import './unstored-secret.ts'
import './picker.ts'
import './rows.ts'
import './savebar.ts'
import './settings.ts'

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-print]'))
  button.addEventListener('click', () => print())

// An action with several batches continues automatically.
document.querySelector<HTMLButtonElement>('form[data-continue] button[type="submit"]')?.click()

/** A picture is sent as soon as it is chosen; without JavaScript, by the button. */
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-sends]')) {
  const { form } = button
  form?.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement && target.files?.length) form.requestSubmit(button)
  })
  form?.addEventListener('submit', (event) => {
    event.preventDefault()
    if (form.ariaBusy === 'true') return
    form.ariaBusy = 'true'
    button.ariaBusy = 'true'
    void sendFile(form, button.dataset.sends ?? '')
  })
}

/** A file would be lost by re-authentication, so that comes first: the path of the form requires it, too. */
async function sendFile(form: HTMLFormElement, script: string): Promise<void> {
  try {
    const { status } = await fetch(form.action, { redirect: 'manual' })
    if (status === 401) {
      const { reauthenticate }: typeof import('./with-reauthentication.ts') = await import(script)
      await reauthenticate()
    }
  } catch {
    // The server asks for the passkey again, on a page that says that the file is lost.
  }
  form.submit()
}

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

/** Open menus close when the user interacts outside of them. A global click listener makes a screen reader call all text clickable. */
document.addEventListener('pointerup', ({ target }) => {
  if (!(target instanceof Node)) return
  for (const drop of document.querySelectorAll<HTMLDetailsElement>('details.drop[open]'))
    if (!drop.contains(target)) drop.open = false
})
document.addEventListener('keydown', ({ key, target, defaultPrevented }) => {
  const drop = target instanceof Element ? target.closest<HTMLDetailsElement>('details.drop[open]') : null
  if (key !== 'Escape' || defaultPrevented || !drop) return
  drop.open = false
  drop.querySelector('summary')?.focus()
})

/** Suggests a name for applications from the name that people see, until it is edited. */
const nameSource = document.querySelector<HTMLInputElement>('#f-friendlyName')
const suggested = document.querySelector<HTMLInputElement>('[data-suggested] #f-name')
if (nameSource && suggested) {
  let suggestion = ''
  nameSource.addEventListener('input', () => {
    if (suggested.value !== suggestion) return
    suggestion = slugOf(nameSource.value)
    suggested.value = suggestion
  })
}

/** Lower-case letters and digits without accents, joined by hyphens. */
function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return plain.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '')
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
