import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** A request to another server, without its path, which can contain secrets. */
export interface OutgoingRequest {
  readonly host: string
  readonly method: string
  /** `undefined` if it failed. */
  readonly status: number | undefined
}

interface UndiciMessage {
  readonly request: { readonly origin?: string | URL | null; readonly method: string }
  readonly response?: { readonly statusCode: number }
}

/** Follows the requests of undici and of `fetch`, which publish on the same channels. */
export function observeOutgoingRequests<State>(
  stack: DisposableStack,
  {
    start,
    end,
  }: {
    /** Returns `undefined` to ignore the request. */
    readonly start: (request: OutgoingRequest) => State | undefined
    readonly end: (state: State, request: OutgoingRequest) => void
  },
): void {
  const states = new WeakMap<object, State>()
  const statuses = new WeakMap<object, number>()
  const describe = ({ request }: UndiciMessage): OutgoingRequest => ({
    host: URL.parse(String(request.origin))?.hostname ?? 'unknown',
    method: request.method,
    status: statuses.get(request),
  })
  const finish = (message: UndiciMessage) => {
    const state = states.get(message.request)
    if (state === undefined) return
    states.delete(message.request)
    end(state, describe(message))
  }
  const listeners: Readonly<Record<string, (message: UndiciMessage) => void>> = {
    'undici:request:create': (message) => {
      const state = start(describe(message))
      if (state !== undefined) states.set(message.request, state)
    },
    'undici:request:headers': ({ request, response }) => {
      if (response !== undefined) statuses.set(request, response.statusCode)
    },
    'undici:request:trailers': finish,
    'undici:request:error': finish,
  }
  for (const [name, listener] of Object.entries(listeners)) {
    // undici documents the messages but does not type them.
    const onMessage = (message: unknown) => listener(message as UndiciMessage)
    subscribe(name, onMessage)
    stack.defer(() => unsubscribe(name, onMessage))
  }
}
