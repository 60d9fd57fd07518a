import type { Clock } from '@pocket/core'

export interface LatestVersionPorts {
  /** The URL to request; `null` disables the check. */
  readonly url: string | null
  readonly clock: Clock
  /** Receives errors of the check. */
  readonly onError: (error: unknown) => void
}

const freshFor = 15 * 60_000
const maxWait = 5000
const byteLimit = 1_000_000
const version = /^\d+\.\d+\.\d+(?:[-+][\w.+-]{1,50})?$/

/** The latest version; empty if unknown. */
export interface LatestVersion {
  /** Waits for a running request. */
  find(): Promise<string>
  /** The last known version. Also starts a request in the background. */
  known(): string
}

/**
 * Looks up the latest version at most once in 15 minutes, regardless of callers and failures. A failure keeps the last known
 * version.
 */
export function createLatestVersion({ url, clock, onError }: LatestVersionPorts): LatestVersion {
  let known = ''
  let running: { readonly since: number; readonly done: Promise<void> } | undefined

  const refresh = async (): Promise<void> => {
    if (url === null) return
    const now = clock.now()
    const age = running === undefined ? freshFor : now - running.since
    if (running === undefined || age < 0 || age >= freshFor) {
      const asked = ask(url).then((found) => {
        known = found
      }, onError)
      running = { since: now, done: asked }
    }
    await running.done
  }
  return {
    async find() {
      await refresh()
      return known
    },
    known() {
      void refresh()
      return known
    },
  }
}

async function ask(url: string): Promise<string> {
  const answer = await fetch(url, {
    headers: { accept: 'application/json', 'user-agent': 'pocket' },
    signal: AbortSignal.timeout(maxWait),
  })
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`)
  const value: unknown = JSON.parse(await boundedText(answer))
  const found = ['tag_name', 'version'].map((name) => Object.getOwnPropertyDescriptor(Object(value), name)?.value)
  const text = String(found.find((each) => typeof each === 'string') ?? '').replace(/^v/, '')
  if (!version.test(text)) throw new Error(`${url} names no version`)
  return text
}

async function boundedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > byteLimit) throw new Error(`The answer is larger than ${byteLimit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
