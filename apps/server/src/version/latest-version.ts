import type { Clock } from '@pocket/core'

export interface LatestVersionDeps {
  /** The URL to request; `null` disables the check. */
  readonly url: string | null
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

const maxAge = 15 * 60_000
const requestTimeout = 5000
const maxBytes = 1_000_000
const versionPattern = /^\d+\.\d+\.\d+(?:[-+][\w.+-]{1,50})?$/

/** The latest version; empty if unknown. */
export interface LatestVersion {
  /** Waits for a running request. */
  find(): Promise<string>
  /** The last known version. Also starts a request in the background. */
  lastKnown(): string
}

/**
 * Looks up the latest version at most once in 15 minutes, regardless of callers and failures. A failure keeps the last known
 * version.
 */
export function createLatestVersion({ url, clock, onError }: LatestVersionDeps): LatestVersion {
  let latest = ''
  let lastRequest: { readonly startedAt: number; readonly completed: Promise<void> } | undefined

  const refresh = async (): Promise<void> => {
    if (url === null) return
    const now = clock.now()
    const age = lastRequest === undefined ? maxAge : now - lastRequest.startedAt
    if (lastRequest === undefined || age < 0 || age >= maxAge) {
      const request = fetchVersion(url).then((version) => {
        latest = version
      }, onError)
      lastRequest = { startedAt: now, completed: request }
    }
    await lastRequest.completed
  }
  return {
    async find() {
      await refresh()
      return latest
    },
    lastKnown() {
      void refresh()
      return latest
    },
  }
}

async function fetchVersion(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: 'application/json', 'user-agent': 'pocket' },
    signal: AbortSignal.timeout(requestTimeout),
  })
  if (!response.ok) throw new Error(`${url} responded with status ${response.status}`)
  const value: unknown = JSON.parse(await boundedText(response))
  const candidates = ['tag_name', 'version'].map((name) => Object.getOwnPropertyDescriptor(Object(value), name)?.value)
  const text = String(candidates.find((candidate) => typeof candidate === 'string') ?? '').replace(/^v/, '')
  if (!versionPattern.test(text)) throw new Error(`${url} returned no version`)
  return text
}

async function boundedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > maxBytes) throw new Error(`The response is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
