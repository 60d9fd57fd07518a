import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { UserAgent } from '@pocket/core/testing'
import { freePort, waitTimeout } from '@pocket/test-support'
import fc from 'fast-check'
import { cookieHeader, registerPasskey } from '../api/instance.ts'
import { type Bodies, type GeneratedRequest, requestsWith, type Schema } from './generated-requests.ts'
import { type Instance, type Storage, startInstance } from './instance.ts'

/** The long run: `GENERATED_REQUESTS=200000`. */
const count = Number(process.env.GENERATED_REQUESTS ?? 2000)
const seed = Number(process.env.GENERATED_SEED ?? 1)
const parallel = 8
/** Callers sign in again after this many requests, because requests sign them out, disable and delete them. */
const renewal = 400
const staticKey = 'a key of the environment'
const preload = fileURLToPath(new URL('heap-port.ts', import.meta.url))
/** The operations that report a failure of another server with the status and code of Pocket ID. */
const failuresOfOthers: Readonly<Record<string, string>> = {
  'POST /api/application-configuration/test-email': 'misconfigured',
  'POST /api/scim/service-provider/:id/sync': 'scim_sync_failed',
}

/** Reports the progress of the long run. */
function print(line: string): void {
  if (process.env.GENERATED_REQUESTS !== undefined) process.stdout.write(`${line}\n`)
}

type Headers = Readonly<Record<string, string>>

async function fetchBodies({ url }: Instance): Promise<Bodies> {
  const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema?: Schema }> } }>>
    components: { schemas: Record<string, Schema> }
  }
  const byRoute = new Map<string, Schema>()
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, { requestBody }] of Object.entries(operations)) {
      const schema = requestBody?.content['application/json']?.schema
      if (schema) byRoute.set(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, schema)
    }
  return { byRoute, named: document.components.schemas }
}

/** The headers of a new session with a passkey, of a user whom the static API key creates. */
async function signIn({ url }: Instance, isAdmin: boolean): Promise<Headers> {
  const agent = new UserAgent()
  const options = { headers: { 'x-api-key': staticKey } }
  const username = `u${crypto.randomUUID().slice(0, 8)}`
  const body = { username, email: `${username}@example.com`, firstName: 'U', isAdmin }
  const created = await agent.sendJson('POST', `${url}/api/users`, { body, options })
  const { id } = created.json() as { id: string }
  const issued = await agent.sendJson('POST', `${url}/api/users/${id}/one-time-access-token`, { body: {}, options })
  const { token } = issued.json() as { token: string }
  await agent.postJson(`${url}/api/one-time-access-token/${token}`, {})
  await registerPasskey(agent, url)
  return {
    cookie: cookieHeader(agent),
  }
}

async function createCallers(instance: Instance): Promise<readonly Headers[]> {
  return [{}, await signIn(instance, false), await signIn(instance, true), { 'x-api-key': staticKey }]
}

function send({ url }: Instance, sent: GeneratedRequest, headers: Headers, agent: Agent) {
  return new Promise<{ status: number; content: string }>((resolve, reject) => {
    const { method, path, body } = sent
    const outgoing = request(
      url + path,
      { agent, method, headers: { ...sent.headers, ...headers }, timeout: waitTimeout },
      (answer) => {
        text(answer).then((content) => resolve({ status: answer.statusCode ?? 0, content }), reject)
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error(`No answer to ${method} ${path}`)))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function codeOf(content: string): string {
  try {
    return String((JSON.parse(content) as { code?: unknown } | null)?.code)
  } catch {
    return ''
  }
}

describe.each(['SQLite', 'PostgreSQL'] as const satisfies readonly Storage[])('%s', (kind) => {
  test(`answers ${count} generated requests without a server error, with a flat heap`, async () => {
    const heapPort = await freePort()
    await using instance = await startInstance(kind, {
      STATIC_API_KEY: staticKey,
      HEAP_PORT: String(heapPort),
      NODE_OPTIONS: `--import=${preload}`,
    })
    const measureHeap = async () => {
      const usage = (await (await fetch(`http://127.0.0.1:${heapPort}`)).json()) as NodeJS.MemoryUsage
      return Math.round(usage.heapUsed / 1024 / 102.4) / 10
    }
    const vocabulary = { values: ['ada'], fields: ['id', 'name'] }
    const remember = (list: string[], found: Iterable<string>) => {
      for (const each of found) if (!list.includes(each)) list.push(each)
      if (list.length > 500) list.splice(0, list.length - 500)
    }
    const requests = fc.array(
      fc.record({ sent: requestsWith(vocabulary, await fetchBodies(instance)), by: fc.nat({ max: 3 }) }),
      { minLength: parallel, maxLength: parallel },
    )
    using agent = Object.assign(new Agent({ keepAlive: true, maxSockets: parallel }), {
      [Symbol.dispose]() {
        agent.destroy()
      },
    })
    const failures: string[] = []
    const fail = (failure: string) => {
      failures.push(failure)
      print(failure)
    }
    const heaps: number[] = []
    let callers = await createCallers(instance)
    let done = 0
    const sendAll = fc.asyncProperty(requests, async (batch) => {
      if (done % renewal === 0) callers = await createCallers(instance)
      if (done % Math.max(renewal, Math.floor(count / 20)) === 0) {
        heaps.push(await measureHeap())
        print(`${kind}: ${done} requests, ${heaps.at(-1)} MB after a garbage collection`)
      }
      await Promise.all(
        batch.map(async ({ sent, by }) => {
          const toFailure = (error: Error) => ({ status: 599, content: error.message })
          const { status, content } = await send(instance, sent, callers[by] ?? {}, agent).catch(toFailure)
          if (status >= 500 && failuresOfOthers[sent.route] !== codeOf(content))
            fail(`${status} ${content.slice(0, 300)} to caller ${by}: ${JSON.stringify(sent).slice(0, 3000)}`)
          remember(vocabulary.values, content.match(/[0-9a-f]{8}-[0-9a-f-]{27}|pak_[\w-]{43}/g) ?? [])
          remember(
            vocabulary.fields,
            [...content.matchAll(/ name="([\w.-]{1,40})"/g)].map(([, name = '']) => name),
          )
        }),
      )
      done += parallel
    })
    // Without shrinking: requests depend on the state that earlier ones left.
    await fc.assert(sendAll, { seed, numRuns: Math.ceil(count / parallel), endOnFailure: true })
    heaps.push(await measureHeap())
    print(`${kind}: MB after garbage collections: ${heaps.join(' ')}`)
    expect(failures).toEqual([])
    // The first samples include one-time compilation and caching.
    const settled = heaps[Math.floor(heaps.length / 2)] ?? 0
    expect((heaps.at(-1) ?? 0) - settled).toBeLessThan(30)
  }, 86_400_000)
})
