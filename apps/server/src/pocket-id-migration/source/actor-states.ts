import { decode } from '@msgpack/msgpack'
import { isJsonObject } from '@pocket/core/internal'
import { sourceError } from './source-error.ts'

/** The state of an actor: settings, sign-up tokens and login codes are in no table of their own. */
export interface ActorState {
  readonly type: string
  readonly id: string
  /** By the names of Go's fields in lower case. */
  readonly data: Readonly<Record<string, unknown>>
}

/** Bytes of one state; settings can contain certificates and lists. */
const maxStateBytes = 16 * 1024 * 1024

/** @throws {ConfigurationError} if the state is not MessagePack */
export function decodeActorState(type: string, id: string, state: Uint8Array): ActorState {
  if (state.length > maxStateBytes) throw sourceError(`The state of the actor ${type} is too large.`)
  try {
    const data = decode(state)
    if (!isJsonObject(data)) return { type, id, data: {} }
    return {
      type,
      id,
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key.toLowerCase(), value])),
    }
  } catch (cause) {
    throw sourceError(`The state of the actor ${type} is damaged.`, cause)
  }
}

/** The actors whose state is migrated; the others hold state of running work. */
export function isMigratedActor(type: string): boolean {
  return type === 'AppConfig' || type === 'SignupToken' || type === 'OneTimeAccessToken'
}
