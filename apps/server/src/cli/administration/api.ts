import type { ApiRequest } from '../../http/call-api.ts'
import { type CommandContext, CommandError, type Instance, UsageError } from '../command.ts'
import { openInstance } from '../open-instance.ts'

export type Item = Readonly<Record<string, unknown>>

/** The REST API of the instance. Each method rejects with a `CommandError` that contains the error of the API. */
export interface Api {
  call<Body = Item>(request: ApiRequest): Promise<Body>
  /** The resource, or `undefined` if there is none. */
  read(path: string): Promise<Item | undefined>
  /** Reads a resource, applies `merge`, and writes the result to the target unless the resource has changed since. */
  change(path: string, merge: (current: Item) => Item, target?: string): Promise<Item>
  /** All items of a paginated list. For lists of the caller's own items, `onBehalfOf` is the user who owns them. */
  listAll(path: string, query?: Readonly<Record<string, string>>, onBehalfOf?: string): Promise<readonly Item[]>
}

/** Runs a command with the REST API of the instance; a server may be running at the same time. */
export async function withApi<Result>(context: CommandContext, act: (api: Api) => Promise<Result>): Promise<Result> {
  await using instance = await openInstance(context)
  return await act(createApi(instance))
}

const pageSize = 100

/**
 * A name or an ID as a segment of a path.
 *
 * @throws {UsageError} if it is empty or a dot segment, because the path would then name another resource
 */
export function pathSegment(text: string): string {
  if (['', '.', '..'].includes(text)) throw new UsageError(`"${text}" is neither a name nor an ID`)
  return encodeURIComponent(text)
}

function createApi(instance: Pick<Instance, 'callApi'>): Api {
  const send = async (request: ApiRequest) => {
    const response = await instance.callApi(request)
    if (response.status < 400) return response
    throw new CommandError(refusal(response.body, response.status))
  }
  // The operations define the bodies of their responses.
  const call = async <Body>(request: ApiRequest) => (await send(request)).body as Body
  return {
    call,
    async read(path) {
      const { status, body } = await instance.callApi({ method: 'GET', path })
      if (status === 404) return undefined
      if (status >= 400) throw new CommandError(refusal(body, status))
      return body as Item
    },
    async change(path, merge, target = path) {
      const { body, etag } = await send({ method: 'GET', path })
      return call<Item>({ method: 'PUT', path: target, body: merge(body as Item), ifMatch: etag })
    },
    async listAll(path, query = {}, onBehalfOf = undefined) {
      const items: Item[] = []
      for (let page = 1; ; page++) {
        const parameters = new URLSearchParams({
          ...query,
          'pagination[page]': String(page),
          'pagination[limit]': String(pageSize),
        })
        const { data, pagination } = await call<{
          readonly data: readonly Item[]
          readonly pagination: { readonly totalPages: number }
        }>({ method: 'GET', path: `${path}?${parameters}`, onBehalfOf })
        items.push(...data)
        if (page >= pagination.totalPages) return items
      }
    },
  }
}

function refusal(body: unknown, status: number): string {
  const { error, details } = (body ?? {}) as {
    readonly error?: string
    readonly details?: { readonly fields?: readonly { readonly field: string; readonly message: string }[] }
  }
  const fields = (details?.fields ?? []).map(({ field, message }) => `  ${field}: ${message}`)
  return [error ?? `The request was refused with status ${status}.`, ...fields].join('\n')
}
