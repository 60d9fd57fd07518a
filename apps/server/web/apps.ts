import './administration.ts'

const search = document.querySelector<HTMLInputElement>('#apps-search')
const tiles = [...document.querySelectorAll<HTMLElement>('[data-app]')]
const none = document.querySelector<HTMLElement>('#apps-none')
const status = document.querySelector<HTMLElement>('#apps-status')

/** Letters alone count, neither their case nor their accents. */
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
  // A browser that comes back to the page restores what was typed.
  addEventListener('pageshow', () => {
    if (search.value !== search.defaultValue) filter(search)
  })
}
