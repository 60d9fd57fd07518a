import { isDeepStrictEqual } from 'node:util'

export type Json = Readonly<Record<string, unknown>>

/** The REST API as a tool calls it with an API key. Counts its writes. */
export class ToolApi {
  #writes = 0
  readonly #url: string
  readonly #key: string

  constructor(url: string, key: string) {
    this.#url = url
    this.#key = key
  }

  get writes(): number {
    return this.#writes
  }

  read(path: string): Promise<Json> {
    return this.#call('GET', path)
  }

  /** `undefined` if the object does not exist. */
  async find(path: string): Promise<Json | undefined> {
    const response = await this.#send('GET', path)
    return response.status === 404 ? undefined : parse(response)
  }

  write(request: `${'POST' | 'PUT' | 'DELETE'} /${string}`, body?: unknown): Promise<Json> {
    this.#writes += 1
    const [method = '', path = ''] = request.split(' ')
    return this.#call(method, path, body)
  }

  /** Writes only if a field differs from the desired value. */
  async converge(request: `PUT /${string}`, wanted: Json, found: Json): Promise<void> {
    const current = Object.fromEntries(Object.keys(wanted).map((name) => [name, found[name]]))
    if (!isDeepStrictEqual(current, wanted)) await this.write(request, wanted)
  }

  async #call(method: string, path: string, body?: unknown): Promise<Json> {
    const response = await this.#send(method, path, body)
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return parse(response)
  }

  #send(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(this.#url + path, {
      method,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-API-KEY': this.#key },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }
}

async function parse(response: Response): Promise<Json> {
  const text = await response.text()
  const value: unknown = text === '' ? {} : JSON.parse(text)
  // A list is the member `data`, as in a page.
  return (Array.isArray(value) ? { data: value } : value) as Json
}

/** The objects of a list. */
export function items({ data }: Json): readonly Json[] {
  return data as readonly Json[]
}

export function idsOf(list: unknown): readonly string[] {
  return (list as readonly Json[]).map(({ id }) => String(id)).sort()
}

/** A program that brings an instance to a desired state, and that removes the objects it created. */
export interface Tool {
  readonly name: string
  apply(api: ToolApi): Promise<void>
  destroy(api: ToolApi): Promise<void>
}
