// Lists: the selection, rows that open as a whole, and results while typing.

/** Debounce time while typing. Milliseconds. */
const debounceDelay = 250

function checkBoxesOf(form: HTMLFormElement): readonly HTMLInputElement[] {
  return [...form.elements].filter(
    (element): element is HTMLInputElement => element instanceof HTMLInputElement && element.type === 'checkbox',
  )
}

/** The box that selects all, and the boxes that it selects. */
function selectionOf(form: HTMLFormElement) {
  const boxes = checkBoxesOf(form)
  const checkAll = boxes.find(({ dataset }) => dataset.checkAll !== undefined)
  return { checkAll, boxes: boxes.filter(({ name }) => name === checkAll?.dataset.checkAll) }
}

function updateSelection(form: HTMLFormElement): void {
  const { checkAll, boxes } = selectionOf(form)
  if (!checkAll) return
  const checked = boxes.filter((box) => box.checked).length
  checkAll.checked = checked > 0 && checked === boxes.length
  checkAll.indeterminate = checked > 0 && checked < boxes.length
  const count = form.querySelector<HTMLElement>('[data-selected]')
  if (count) count.textContent = (count.dataset.selected ?? '').replace('#', String(checked))
}

addEventListener('change', ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.type !== 'checkbox' || !target.form) return
  if (target.dataset.checkAll !== undefined)
    for (const box of selectionOf(target.form).boxes) box.checked = target.checked
  updateSelection(target.form)
})
// Enter in a check box would press the first button of the form, which is in the menu of the first row.
addEventListener('keydown', (event) => {
  const { target, key } = event
  if (key === 'Enter' && target instanceof HTMLInputElement && target.form?.matches('.selection'))
    event.preventDefault()
})
// The browser restores selections when the user returns to the page.
addEventListener('pageshow', () => {
  for (const form of document.forms) updateSelection(form)
})

/** A click anywhere in a row follows its link, unless it selects text. */
document.querySelector<HTMLElement>('main:has(.tools, .table.compact)')?.addEventListener('click', (event) => {
  const { target, ctrlKey, metaKey, shiftKey } = event
  if (!(target instanceof Element) || event.defaultPrevented || getSelection()?.isCollapsed === false) return
  if (target.closest('a, button, input, label, select, summary, [popover]')) return
  const link = target.closest('.table.compact tbody tr')?.querySelector('a.name')
  link?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }))
})

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-live]')) showWhileTyping(form)

/** Replaces what follows the tools of a list; without JavaScript, the form loads the page. */
function showWhileTyping(form: HTMLFormElement): void {
  const tools = form.closest('.tools')
  const input = form.querySelector<HTMLInputElement>('input[type="search"]')
  if (!(tools && input)) return
  let timer: ReturnType<typeof setTimeout> | undefined
  let pending: AbortController | undefined

  const show = (html: string) => {
    const found = new DOMParser().parseFromString(html, 'text/html').querySelector('main .tools')
    if (!found) return location.assign(urlOf())
    const [columns, foundColumns] = [tools, found].map((element) => element.querySelector('form[data-columns]'))
    if (columns && foundColumns) columns.replaceWith(document.adoptNode(foundColumns))
    while (tools.nextSibling) tools.nextSibling.remove()
    while (found.nextSibling) tools.parentNode?.append(document.adoptNode(found.nextSibling))
    const status = tools.querySelector(':scope > [role="status"]')
    const matches = tools.parentNode?.querySelector('[data-matches]')
    if (status) status.textContent = matches?.textContent ?? ''
  }
  const urlOf = () => {
    const fields = [...new FormData(form)].filter(
      (field): field is [string, string] => typeof field[1] === 'string' && field[1] !== '',
    )
    return `${form.action.replace(/[?#].*/s, '')}?${new URLSearchParams(fields)}`
  }
  const search = async () => {
    pending?.abort()
    const request = new AbortController()
    pending = request
    const url = urlOf()
    try {
      const response = await fetch(url, { signal: request.signal, headers: { accept: 'text/html' } })
      // Such as the sign-in page, after the session has ended.
      if (!response.ok || response.redirected) return location.assign(url)
      const html = await response.text()
      if (request.signal.aborted) return
      show(html)
      history.replaceState(history.state, '', url)
    } catch {
      // Without a connection, the button still reports the failure.
    }
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    pending?.abort()
    timer = setTimeout(search, debounceDelay)
  })
  form.addEventListener('submit', () => {
    clearTimeout(timer)
    pending?.abort()
  })
}
