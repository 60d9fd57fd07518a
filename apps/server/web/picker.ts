// Pickers: a combobox with a list of matches from the server and chips for the selected items (ARIA Authoring Practices).

interface Match {
  readonly id: string
  readonly name: string
  readonly detail: string
  readonly slug?: string
}

/** Debounce time while typing. Milliseconds. */
const debounceDelay = 150

for (const picker of document.querySelectorAll<HTMLElement>('[data-picker]')) enhance(picker)

function enhance(picker: HTMLElement): void {
  const input = picker.querySelector<HTMLInputElement>('input[type="text"]')
  const list = picker.querySelector<HTMLElement>('[role="listbox"]')
  const tags = picker.querySelector<HTMLElement>('.tags')
  const status = picker.querySelector<HTMLElement>('[role="status"]')
  const template = picker.querySelector<HTMLTemplateElement>('template')
  if (!(input && list && tags && status && template)) return
  const { dataset } = picker
  const isSingle = dataset.single !== undefined
  let matches: readonly Match[] = []
  let active = -1
  let timer: ReturnType<typeof setTimeout> | undefined
  let pendingRequest: AbortController | undefined

  picker.querySelector('.chooser > button')?.remove()
  for (const button of tags.querySelectorAll('button')) button.type = 'button'
  input.role = 'combobox'
  input.ariaAutoComplete = 'list'
  input.ariaExpanded = 'false'
  input.setAttribute('aria-controls', list.id)
  // Its text is not part of a URL.
  if (input.form?.method === 'get') input.removeAttribute('name')

  /** Names the chips; those with the same name also show their slugs. */
  const nameTags = () => {
    const chips = [...tags.children].filter((chip) => chip instanceof HTMLElement)
    for (const chip of chips) {
      const { name = '', slug } = chip.dataset
      const hasTwin = chips.some((other) => other !== chip && other.dataset.name === name)
      const [label, button] = [chip.querySelector('bdi'), chip.querySelector('button')]
      if (label) label.textContent = distinctName({ name, slug }, hasTwin)
      if (label && button) button.ariaLabel = (dataset.remove ?? '').replace('{name}', label.textContent)
    }
  }
  const announce = (text = '', name = '') => {
    status.textContent = text.replace('{name}', name)
  }
  const chosenIds = () => [...tags.querySelectorAll<HTMLInputElement>('input')].map(({ value }) => value)
  const notifyForm = () => picker.dispatchEvent(new Event('change', { bubbles: true }))

  const activate = (index: number) => {
    active = index
    const options = [...list.children]
    options.forEach((option, position) => {
      option.ariaSelected = String(position === index)
      if (position === index) option.scrollIntoView({ block: 'nearest' })
    })
    const id = options[index]?.id
    if (id === undefined) input.removeAttribute('aria-activedescendant')
    else input.setAttribute('aria-activedescendant', id)
  }
  const close = () => {
    clearTimeout(timer)
    pendingRequest?.abort()
    list.hidden = true
    input.ariaExpanded = 'false'
    activate(-1)
  }
  const choose = ({ id, name, slug }: Match) => {
    const tag = template.content.cloneNode(true)
    if (!(tag instanceof DocumentFragment)) return
    const [chip, field] = ['li', 'input'].map((tagName) => tag.querySelector(tagName))
    if (!(chip instanceof HTMLElement && field instanceof HTMLInputElement)) return
    chip.dataset.name = name
    if (slug !== undefined) chip.dataset.slug = slug
    field.name = dataset.field ?? ''
    field.value = id
    if (isSingle) tags.replaceChildren(tag)
    else tags.append(tag)
    nameTags()
    input.value = ''
    close()
    announce(dataset.added, name)
    notifyForm()
  }
  const show = (found: readonly Match[]) => {
    const nameOf = (match: Match) =>
      distinctName(
        match,
        found.some((other) => other !== match && other.name === match.name),
      )
    const chosen = new Set(chosenIds())
    matches = found.filter(({ id }) => !chosen.has(id))
    list.replaceChildren(
      ...matches.map((match, index) => {
        const option = document.createElement('li')
        option.id = `${list.id}-${index}`
        option.role = 'option'
        option.append(createText('bdi', '', nameOf(match)), createText('bdi', 'muted small', match.detail))
        // The field keeps the focus.
        option.addEventListener('pointerdown', (event) => event.preventDefault())
        option.addEventListener('click', () => choose(match))
        option.addEventListener('pointermove', () => activate(index))
        return option
      }),
    )
    list.hidden = matches.length === 0
    input.ariaExpanded = String(matches.length > 0)
    activate(matches.length > 0 ? 0 : -1)
  }
  const search = async () => {
    pendingRequest?.abort()
    clearTimeout(timer)
    const request = new AbortController()
    pendingRequest = request
    try {
      const response = await fetch(`${dataset.picker}?${new URLSearchParams({ query: input.value })}`, {
        signal: request.signal,
        headers: { accept: 'application/json' },
      })
      if (!response.ok) throw new Error(String(response.status))
      const { items, summary }: { items: readonly Match[]; summary: string } = await response.json()
      show(items)
      announce(summary)
    } catch {
      if (request.signal.aborted) return
      show([])
      announce(dataset.failed)
    }
  }
  const remove = (tag: Element | null | undefined) => {
    if (!tag) return
    const name = tag.querySelector('bdi')?.textContent ?? ''
    tag.remove()
    nameTags()
    input.focus()
    announce(dataset.removed, name)
    notifyForm()
  }

  tags.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('button')) remove(target.closest('.tag'))
  })
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(search, debounceDelay)
  })
  input.addEventListener('click', () => void search())
  input.addEventListener('blur', close)
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    const last = matches.length - 1
    const isOpen = !list.hidden
    if (event.key === 'ArrowDown' && !isOpen) void search()
    else if (event.key === 'ArrowDown') activate(active === last ? 0 : active + 1)
    else if (event.key === 'ArrowUp' && isOpen) activate(active <= 0 ? last : active - 1)
    else if (event.key === 'Escape' && isOpen) close()
    else if (event.key === 'Enter') {
      const match = isOpen ? matches[active] : undefined
      if (match) choose(match)
      else if (input.value !== '') void search()
      // A single choice is submitted with the form.
      else if (isSingle) return
    } else if (event.key === 'Backspace' && input.value === '') remove(tags.lastElementChild)
    else return
    event.preventDefault()
  })
}

function distinctName(
  { name, slug }: { readonly name: string; readonly slug?: string | undefined },
  hasTwin: boolean,
): string {
  return hasTwin && slug !== undefined ? `${name} (${slug})` : name
}

function createText(tag: string, classes: string, text: string): HTMLElement {
  const element = document.createElement(tag)
  element.className = classes
  element.textContent = text
  return element
}
