import type Provider from 'oidc-provider'
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { ConfigurationError } from '../errors.ts'
import type { SessionUse } from '../sessions/session-use.ts'
import { getSnapshot, setSnapshot } from './overrides/snapshots.ts'

/** The data to store for a library model instance. */
export interface StoredState {
  readonly id: string
  readonly payload: AdapterPayload
  /** Seconds. */
  readonly expiresIn: number | undefined
}

/** Methods of our adapter beyond the library's interface; each is atomic. */
export interface AtomicAdapter {
  /** Stores a new instance. Resolves to the stored text. */
  insert(state: StoredState): Promise<string>
  /**
   * Compare-and-set: replaces the instance stored under `from`. Resolves to the stored text, or to `undefined` without a change
   * if the stored text differs from `before`.
   */
  replace(from: string, state: StoredState, before: string): Promise<string | undefined>
  /** Records only a use. Returns `false` without a change if the session changes concurrently. */
  touch(id: string, update: { readonly use: SessionUse; readonly expiresIn: number }): Promise<boolean>
  finishedFor(id: string): Promise<string | undefined>
}

/** The session ended during a request that needs it. */
export class SessionEnded extends errors.SessionNotFound {
  override allow_redirect = false

  constructor() {
    super('the session has ended')
  }
}

/** Prefix of the storage key in the ID of an instance that was found by UID or user code. */
export const hiddenPrefix = 'hidden:'

export const compareAndSetModels: readonly string[] = ['Session', 'Grant', 'Interaction']

/** A payload of one of the {@link compareAndSetModels} with the text it was read from, which our adapter adds. */
export interface StoredPayload extends AdapterPayload {
  readonly stored: string
}

/** The client of a finished interaction; `undefined` if it is not finished or its record has expired. */
export function findFinishedClient({ Interaction }: Provider, uid: string): Promise<string | undefined> {
  // The cast is needed because the library's types do not include our adapter.
  return (Interaction.adapter as unknown as AtomicAdapter).finishedFor(uid)
}

/** Members of library models that the types omit. */
export interface StoredModel {
  readonly jti: string
  readonly adapter: AtomicAdapter & Pick<Adapter, 'find' | 'findByUid'>
  getValueAndPayload(): Promise<{ readonly payload: AdapterPayload }>
}

/**
 * Stores a grant or interaction that was read. Returns `false` without a change if it has since been changed or destroyed; the
 * library's own save would recreate it.
 */
export async function replaceStored(instance: object & { readonly exp?: number | undefined }): Promise<boolean> {
  // The cast is safe: `overrides/table.ts` lists the members that the library's types omit, which are checked at start.
  const model = instance as unknown as StoredModel
  const before = getSnapshot(instance)
  if (before === undefined) throw new ConfigurationError('The instance to replace is not stored.')
  const { payload } = await model.getValueAndPayload()
  // Not the clock port, because the library computes `exp` from the system time.
  const expiresIn = instance.exp === undefined ? undefined : instance.exp - Math.floor(Date.now() / 1000)
  const text = await model.adapter.replace(before.id, { id: model.jti, payload, expiresIn }, before.text)
  if (text === undefined) return false
  setSnapshot(instance, { id: model.jti, text })
  return true
}

/** The currently stored payload of a session, even if its ID has changed. */
export async function findStoredPayload(
  { adapter }: StoredModel,
  id: string,
  uid: string,
): Promise<StoredPayload | undefined> {
  // The cast is safe: our adapter adds `stored` to the result.
  return ((await adapter.find(id)) ?? (await adapter.findByUid(uid))) as StoredPayload | undefined
}
