import './administration.ts'

const search = document.querySelector<HTMLInputElement>('#apps-search')
const tiles = [...document.querySelectorAll<HTMLElement>('[data-app]')]
const emptyNote = document.querySelector<HTMLElement>('#apps-none')
const status = document.querySelector<HTMLElement>('#apps-status')

/** Ignores case and accents. */
const searchKey = (text: string) => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()

const filter = (input: HTMLInputElement) => {
  const terms = searchKey(input.value).split(/\s+/)
  let matchCount = 0
  for (const tile of tiles) {
    const text = searchKey(tile.dataset.app ?? '')
    tile.hidden = !terms.every((term) => text.includes(term))
    if (!tile.hidden) matchCount += 1
  }
  if (emptyNote) emptyNote.hidden = matchCount > 0
  if (status) status.textContent = (status.dataset.found ?? '').replace('#', String(matchCount))
}

// A page that lacks applications searches on the server.
if (search && search.form?.dataset.live === undefined) {
  search.addEventListener('input', () => filter(search))
  // The browser restores the input when the user returns to the page.
  addEventListener('pageshow', () => {
    if (search.value !== search.defaultValue) filter(search)
  })
}
