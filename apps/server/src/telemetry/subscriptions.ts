import { subscribe, type TracingChannel, unsubscribe } from 'node:diagnostics_channel'
import type { diagnostics } from '@pocket/core/internal'

const ignore = () => undefined

export function onMessage<Message>(
  stack: DisposableStack,
  { name }: diagnostics.MessageChannel<Message>,
  receive: (message: Message) => void,
): void {
  // The cast is safe: the publisher declares the type of its messages.
  const listener = (message: unknown) => receive(message as Message)
  subscribe(name, listener)
  stack.defer(() => unsubscribe(name, listener))
}

/** Receives each traced operation when it has ended, with its error if it failed and the seconds that it took. */
export function onEnd<Message extends object>(
  stack: DisposableStack,
  traced: TracingChannel<Message, Message>,
  receive: (message: Message & { readonly error?: unknown }, seconds: number) => void,
): void {
  const startedAt = new WeakMap<object, number>()
  const listeners = {
    start: (message: Message) => void startedAt.set(message, performance.now()),
    end: ignore,
    asyncStart: ignore,
    asyncEnd: (message: Message & { readonly error?: unknown }) =>
      receive(message, (performance.now() - (startedAt.get(message) ?? 0)) / 1000),
    error: ignore,
  }
  traced.subscribe(listeners)
  stack.defer(() => traced.unsubscribe(listeners))
}
