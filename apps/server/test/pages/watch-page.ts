import type { Page } from '@pocket/test-support'

/** Cumulative layout shift. */
export const maxShift = 0.02

interface LoadedResource {
  readonly method: string
  readonly path: string
  /** `person`, `document` for resources that the document itself references, or another initiator such as `script`. */
  readonly by: string
}

/** The browser's own network log, without its cache. */
export async function watchPage(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  let bytes = 0
  let requests: LoadedResource[] = []
  let output: string[] = []
  session.on('Network.requestWillBeSent', ({ request, initiator, type }) => {
    if (request.url.startsWith('data:')) return
    const { pathname } = new URL(request.url)
    // The parser also finds the resources of a style sheet, one round trip later.
    const isNamedByPage = initiator.type === 'parser' && initiator.url === page.url()
    const by = type === 'Document' ? 'person' : isNamedByPage ? 'document' : initiator.type
    requests.push({ method: request.method, path: pathname, by })
  })
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  page.on('console', (message) => output.push(message.text()))
  page.on('pageerror', (error) => output.push(String(error)))
  await page.addInitScript(() => {
    // The browser's own frames, even if the page clock is changed.
    const frame = requestAnimationFrame.bind(globalThis)
    const shifts = { sum: 0, settled: () => new Promise((resolve) => frame(() => frame(resolve))) }
    Object.assign(globalThis, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.sum += 'value' in entry ? Number(entry.value) : 0
    }).observe({ type: 'layout-shift', buffered: true })
  })
  return {
    async load(url: string) {
      bytes = 0
      requests = []
      output = []
      await page.goto(url, { waitUntil: 'load' })
    },
    /** Since the load. Waits two frames, after which layout shifts are recorded. */
    async sinceLoad() {
      const shift = await page.evaluate(async () => {
        const shifts = Reflect.get(globalThis, 'shifts')
        await shifts.settled()
        return Number(shifts.sum)
      })
      return { bytes, requests: [...requests], messages: output, shift }
    },
  }
}
