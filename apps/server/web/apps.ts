import './administration.ts'

const search = document.querySelector<HTMLInputElement>('#apps-search')
const tiles = [...document.querySelectorAll<HTMLElement>('[data-app]')]
const none = document.querySelector<HTMLElement>('#apps-none')
const status = document.querySelector<HTMLElement>('#apps-status')

/** Ignores case and accents. */
const key = (text: string) => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()

const filter = (input: HTMLInputElement) => {
  const words = key(input.value).split(/\s+/)
  let found = 0
  for (const tile of tiles) {
    const text = key(tile.dataset.app ?? '')
    tile.hidden = !words.every((word) => text.includes(word))
    if (!tile.hidden) found += 1
  }
  if (none) none.hidden = found > 0
  if (status) status.textContent = (status.dataset.found ?? '').replace('#', String(found))
}

if (search) {
  search.addEventListener('input', () => filter(search))
  // The browser restores the input when the user returns to the page.
  addEventListener('pageshow', () => {
    if (search.value !== search.defaultValue) filter(search)
  })
}
