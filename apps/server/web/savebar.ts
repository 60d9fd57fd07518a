// Forms with a save bar: it appears once something has changed, and leaving the page asks for confirmation.

/** Names of changed fields that the bar lists. */
const maxNames = 3

let submittedForm: EventTarget | null = null
const forms = [...document.querySelectorAll<HTMLFormElement>('form[data-saves]')]
const watched = forms.map((form) => ({ form, readChanges: watch(form) }))

addEventListener('submit', ({ target, defaultPrevented }) => {
  if (!defaultPrevented) submittedForm = target
})
addEventListener('pageshow', () => {
  submittedForm = null
})
addEventListener('beforeunload', (event) => {
  if (watched.some(({ form, readChanges }) => form !== submittedForm && readChanges().length > 0))
    event.preventDefault()
})

/** Returns the labels of the fields that differ from the server's values. */
function watch(form: HTMLFormElement): () => readonly string[] {
  const bar = form.querySelector<HTMLElement>('.savebar')
  const text = bar?.querySelector('p')
  const isRejected = form.dataset.saves === 'rejected'
  // A picker inside may belong to another form.
  const pickers = [...form.querySelectorAll('[data-picker]')].filter(
    (picker) => picker.querySelector('input')?.form === form,
  )
  const originalIds = new Map(pickers.map((picker) => [picker, idsIn(picker)]))
  let isDiscarded = false

  const readChanges = () => {
    if (isDiscarded) return []
    const changedFields = [...form.elements].filter(isChanged).map(labelOf)
    const changedPickers = [...originalIds]
      .filter(([picker, ids]) => idsIn(picker) !== ids)
      .map(([picker]) => labelOf(picker))
    const names = [...new Set([...changedFields, ...changedPickers])]
    return names.length === 0 && isRejected ? [''] : names
  }
  const update = () => {
    const names = readChanges().filter((name) => name !== '')
    bar?.toggleAttribute('data-shown', readChanges().length > 0)
    if (!(bar && text) || names.length === 0) return
    const shown = names.slice(0, maxNames).join(bar.dataset.separator)
    const pattern = names.length > maxNames ? bar.dataset.more : bar.dataset.changed
    const sentence = (pattern ?? '').replace('{names}', shown).replace('{count}', String(names.length - maxNames))
    if (text.textContent !== sentence) text.textContent = sentence
  }

  form.addEventListener('input', update)
  form.addEventListener('change', update)
  bar?.querySelector('[data-discard]')?.addEventListener('click', () => {
    isDiscarded = true
    // Otherwise the browser restores the input when the page is loaded again.
    form.reset()
  })
  // The browser restores input when the user returns to the page.
  addEventListener('pageshow', update)
  update()
  return readChanges
}

function isChanged(element: Element): boolean {
  if (element instanceof HTMLSelectElement)
    return [...element.options].some(({ selected, defaultSelected }, index) =>
      element.querySelector('[selected]') ? selected !== defaultSelected : selected !== (index === 0),
    )
  if (element instanceof HTMLTextAreaElement) return element.value !== element.defaultValue
  if (!(element instanceof HTMLInputElement) || element.type === 'hidden' || element.name.startsWith('choose.'))
    return false
  if (element.type === 'checkbox' || element.type === 'radio') return element.checked !== element.defaultChecked
  return element.value !== element.defaultValue
}

function idsIn(picker: Element): string {
  return [...picker.querySelectorAll<HTMLInputElement>('.tags input')].map(({ value }) => value).join(' ')
}

/** The label of the field that contains this element, or the heading of its section. */
function labelOf(element: Element): string {
  const field = element.closest('.field, fieldset')
  const label = field?.querySelector('label, legend, .label') ?? element.closest('section')?.querySelector('h2')
  // “optional” and hints are elements inside the label.
  const ownText = [...(label?.childNodes ?? [])].find((node) => node instanceof Text && node.data.trim() !== '')
  const text = ownText ?? label?.querySelector(':scope > span')?.firstChild ?? label
  return text?.textContent?.trim() ?? ''
}
