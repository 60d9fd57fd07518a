import { AsyncLocalStorage } from 'node:async_hooks'
import type { TracingChannel } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import {
  type Attributes,
  type Context as OtelContext,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import type { TrustProxy } from '@pocket/core'
import { diagnostics } from '@pocket/core/internal'
import { jobRuns, requests } from './channels.ts'
import { observeOutgoingRequests } from './outgoing-requests.ts'
import { routeOf } from './route-of.ts'

interface Description {
  readonly name: string
  readonly kind?: SpanKind
  readonly attributes?: Attributes
}

/** Creates spans from the messages of the channels; disposing the stack ends it. */
export function recordSpans(tracer: Tracer, trustProxy: TrustProxy): DisposableStack {
  const stack = new DisposableStack()
  const active = new AsyncLocalStorage<OtelContext>()
  const spans = new WeakMap<object, Span>()

  const follow = <Message extends object>(
    traced: TracingChannel<Message, Message>,
    describe: (message: Message) => Description,
    { parent, finish }: Partial<SpanHandlers<Message>> = {},
  ) => {
    const open = (message: Message): OtelContext => {
      const { name, ...options } = describe(message)
      const outer = parent?.(message) ?? active.getStore() ?? ROOT_CONTEXT
      const span = tracer.startSpan(name, options, outer)
      spans.set(message, span)
      return trace.setSpan(outer, span)
    }
    const close = (message: unknown) => {
      // The cast is safe: the channel publishes the message that it was given.
      const ended = message as Message & { readonly error?: unknown }
      const span = spans.get(ended)
      if (span === undefined) return
      // The message of an error can contain personal data.
      if (ended.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
      finish?.(ended, span)
      span.end()
    }
    // The types declare the store and the message in the other order.
    traced.start.bindStore(active as never, open as never)
    traced.asyncEnd.subscribe(close)
    stack.defer(() => {
      traced.start.unbindStore(active as never)
      traced.asyncEnd.unsubscribe(close)
    })
  }

  follow(
    requests,
    ({ req: { method = '' }, requestId }) => ({
      name: method,
      kind: SpanKind.SERVER,
      attributes: { 'http.request.method': method, 'pocket.request_id': requestId },
    }),
    {
      parent: ({ req }) => remoteParent(req, trustProxy),
      finish({ req: { method = '', url = '' }, res: { statusCode }, state }, span) {
        const route = routeOf(method, url) ?? 'other'
        span.updateName(`${method} ${route}`)
        span.setAttributes({ 'http.route': route, 'http.response.status_code': statusCode })
        if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        state.traceId = span.spanContext().traceId
      },
    },
  )
  follow(jobRuns, ({ job }) => ({ name: `job ${job}`, attributes: { 'pocket.job': job } }))
  follow(diagnostics.ceremonies, ({ ceremony }) => ({ name: `WebAuthn ${ceremony}` }))
  follow(diagnostics.statements, ({ sql, kind }) => ({
    name: /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? 'statement',
    kind: SpanKind.CLIENT,
    // Values are parameters, so the text contains no personal data.
    attributes: { 'db.system.name': kind === 'postgres' ? 'postgresql' : 'sqlite', 'db.query.text': sql },
  }))

  observeOutgoingRequests(stack, {
    start({ host, method }) {
      const parent = active.getStore()
      // Without a parent it is the exporter itself.
      if (parent === undefined) return undefined
      const attributes = { 'http.request.method': method, 'server.address': host }
      return tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, parent)
    },
    end(span, { status }) {
      if (status === undefined) span.setStatus({ code: SpanStatusCode.ERROR })
      else span.setAttribute('http.response.status_code', status)
      span.end()
    },
  })
  return stack
}

interface SpanHandlers<Message> {
  readonly parent: (message: Message) => OtelContext
  readonly finish: (message: Message, span: Span) => void
}

/** W3C Trace Context of a trusted proxy; anyone else could choose which requests are sampled. */
function remoteParent(req: IncomingMessage, trustProxy: TrustProxy): OtelContext {
  const header = req.headers.traceparent
  const peer = req.socket.remoteAddress
  if (typeof header !== 'string' || peer === undefined || !trustProxy(peer)) return ROOT_CONTEXT
  const parent = parseTraceParent(header)
  return parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true })
}
