interface Result {
  readonly kind: string
  readonly kindName: string
  readonly name: string
  readonly detail: string
  readonly href: string
}
interface SearchResponse {
  readonly results: readonly Result[]
  readonly summary: string
}

const dialog = document.querySelector<HTMLDialogElement>('#palette')
const input = dialog?.querySelector('input')
const list = dialog?.querySelector('ul')
const status = dialog?.querySelector<HTMLElement>('[role="status"]')
/** Debounce time while typing. Milliseconds. */
const debounceDelay = 120

let pendingRequest: AbortController | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let active = -1
let displayedQuery: string | undefined

/** Starts the opened command palette: a combobox with a list, following the ARIA Authoring Practices. */
export function begin(): void {
  displayedQuery = undefined
  show([])
  announce('')
  void search()
}

const options = () => [...(list?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])]

async function search(): Promise<void> {
  pendingRequest?.abort()
  clearTimeout(timer)
  const request = new AbortController()
  pendingRequest = request
  const query = input?.value ?? ''
  try {
    const response = await fetch(`/api/search?${new URLSearchParams({ query })}`, {
      signal: request.signal,
      headers: { accept: 'application/json' },
    })
    // The session has ended: reloading the page leads to sign-in and back.
    if (response.status === 401) return location.reload()
    if (!response.ok) throw new Error(String(response.status))
    const { results, summary }: SearchResponse = await response.json()
    show(results)
    displayedQuery = query
    announce(summary)
  } catch {
    if (request.signal.aborted) return
    show([])
    announce(status?.dataset.failed ?? '')
  }
}

function show(results: readonly Result[]): void {
  list?.replaceChildren(...results.map(createOption))
  if (list) list.hidden = results.length === 0
  if (input) input.ariaExpanded = String(results.length > 0)
  activate(results.length > 0 ? 0 : -1)
}

function createOption({ kindName, name, detail, href }: Result, index: number): HTMLElement {
  const item = document.createElement('li')
  item.id = `palette-${index}`
  item.role = 'option'
  item.dataset.href = href
  item.append(
    createElement('bdi', 'name', name),
    createElement('bdi', 'muted small', detail),
    createElement('span', 'chip', kindName),
  )
  item.addEventListener('click', () => navigateTo(href))
  item.addEventListener('pointermove', () => activate(index))
  return item
}

/** The palette must be closed when the user returns to the page. */
function navigateTo(href: string): void {
  dialog?.close()
  location.assign(href)
}

function createElement(tag: string, classes: string, text: string): HTMLElement {
  const element = document.createElement(tag)
  element.className = classes
  element.textContent = text
  return element
}

function activate(index: number): void {
  active = index
  options().forEach((item, position) => {
    item.ariaSelected = String(position === index)
    if (position === index) item.scrollIntoView({ block: 'nearest' })
  })
  if (index < 0) input?.removeAttribute('aria-activedescendant')
  else input?.setAttribute('aria-activedescendant', `palette-${index}`)
}

function announce(text: string): void {
  if (status && status.textContent !== text) status.textContent = text
}

input?.addEventListener('input', () => {
  clearTimeout(timer)
  timer = setTimeout(search, debounceDelay)
})
input?.addEventListener('keydown', (event) => {
  const last = options().length - 1
  if (last < 0 || event.isComposing) return
  if (event.key === 'ArrowDown') activate(active === last ? 0 : active + 1)
  else if (event.key === 'ArrowUp') activate(active <= 0 ? last : active - 1)
  else return
  event.preventDefault()
})
/** Submitting uses the entered query, even if older results are still displayed. */
dialog?.querySelector('form')?.addEventListener('submit', async (event) => {
  event.preventDefault()
  if (displayedQuery !== input?.value) await search()
  const href = options()[active]?.dataset.href
  if (href !== undefined && displayedQuery === input?.value) navigateTo(href)
})
/** A click on the backdrop targets the dialog itself. */
dialog?.addEventListener('click', ({ target }) => {
  if (target === dialog) dialog.close()
})
dialog?.addEventListener('close', () => {
  // The event is asynchronous: the dialog may be open again.
  if (dialog.open) return
  clearTimeout(timer)
  pendingRequest?.abort()
})
