import { type Channel, channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel'

/**
 * Channels on which core publishes its operations, for telemetry (https://nodejs.org/api/diagnostics_channel.html). Without a
 * subscriber each costs one comparison. Messages contain no personal data. The type of the store is that
 * of the message, because later types of Node have the two in another order.
 */
export const statements = tracingChannel<StatementMessage, StatementMessage>('pocket:statement')
export const ceremonies = tracingChannel<CeremonyMessage, CeremonyMessage>('pocket:ceremony')
export const cacheReads = channel('pocket:cache-read') as MessageChannel<CacheReadMessage>
export const tokenRequests = channel('pocket:token-request') as MessageChannel<TokenRequestMessage>
export const rateLimitRejections = channel('pocket:limit') as MessageChannel<LimitMessage>

/** A channel whose messages have this type, which only their publisher knows. */
export type MessageChannel<Message> = Omit<Channel, 'publish'> & { publish(message: Message): void }

export interface StatementMessage {
  readonly sql: string
  readonly kind: 'sqlite' | 'postgres'
}

export interface CeremonyMessage {
  readonly ceremony: 'authentication' | 'registration'
}

export interface CacheReadMessage {
  readonly isHit: boolean
}

export interface TokenRequestMessage {
  readonly grantType: string
  readonly clientId: string | undefined
  /** `undefined` if tokens were issued. */
  readonly errorCode: string | undefined
}

export interface LimitMessage {
  readonly limit: string
}

/** Runs `work` and publishes its start, its end and its error, if there is a subscriber. */
export function trace<Message extends object, T>(
  traced: TracingChannel<Message, Message>,
  message: Message,
  work: () => Promise<T>,
): Promise<T> {
  return traced.hasSubscribers ? traced.tracePromise(work, message) : work()
}
