import type Provider from 'oidc-provider'
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { Misconfigured } from '../errors.ts'
import type { SessionUse } from '../sessions/session-use.ts'

/** What is to be stored of an instance of one of the library's models. */
export interface StoredState {
  readonly id: string
  readonly payload: AdapterPayload
  /** Seconds. */
  readonly expiresIn: number | undefined
}

/** What our adapter does beside the library's interface; each method is one step. */
export interface AtomicAdapter {
  /** Stores what is new. Resolves to the text that is stored then. */
  insert(state: StoredState): Promise<string>
  /**
   * Compare-and-set: stores `state` in the place of what is stored under `from`. Resolves to the text that is stored then;
   * `undefined`, and nothing is written, if it is not `before` any more.
   */
  replace(from: string, state: StoredState, before: string): Promise<string | undefined>
  /** Notes a use and nothing else. Returns `false`, and writes nothing, if the session changes at the same time. */
  touch(id: string, touched: { readonly use: SessionUse; readonly expiresIn: number }): Promise<boolean>
  /** Destroys what has this uid. Resolves to what was stored then. */
  destroyByUid(uid: string): Promise<AdapterPayload | undefined>
  /** The client of an interaction that is finished. */
  finishedFor(id: string): Promise<string | undefined>
}

/** Precedes the key in the ID of what was found by another name than its own. */
export const hidden = 'hidden:'

/** Which of the library's models are stored by compare-and-set. */
export const comparedModels: readonly string[] = ['Session', 'Grant', 'Interaction']

/** What our adapter adds to the payload of one of {@link comparedModels} that it has found: the text it was read from. */
export interface FoundPayload extends AdapterPayload {
  readonly stored: string
}

/** Where an instance was read or stored last, and as what. */
export interface Snapshot {
  readonly id: string
  readonly text: string
}

/** The client of an interaction that is finished; `undefined` if it is not, or that was long ago. */
export function clientOfFinished({ Interaction }: Provider, uid: string): Promise<string | undefined> {
  // A cast, since the library's types do not know our adapter.
  return (Interaction.adapter as unknown as AtomicAdapter).finishedFor(uid)
}

const snapshot = Symbol('snapshot')

interface Compared {
  [snapshot]?: Snapshot
}

/** Lets instances of {@link comparedModels} remember what they were read from, so that a change by somebody else is noticed. */
export function rememberStoredPayloads({ Session, Grant, Interaction }: Provider): void {
  for (const Model of [Session, Grant, Interaction]) {
    const instantiate: unknown = Reflect.get(Model, 'instantiate')
    if (typeof instantiate !== 'function')
      throw new Misconfigured('This version of oidc-provider makes its models in another way: it cannot be used.')
    Object.defineProperty(Model, 'instantiate', {
      configurable: true,
      value(this: typeof Model, payload?: Partial<FoundPayload>) {
        const instance: object = instantiate.call(this, payload)
        if (payload?.stored !== undefined && payload.jti !== undefined)
          setSnapshot(instance, { id: payload.jti, text: payload.stored })
        return instance
      },
    })
  }
}

/** Lets the library store an interaction again only if it has not ended meanwhile. */
export function keepInteractionsEnded({ Interaction }: Provider): void {
  const { prototype } = Interaction
  const { save } = prototype
  if (typeof save !== 'function')
    throw new Misconfigured('This version of oidc-provider stores interactions in another way: it cannot be used.')
  Object.defineProperty(prototype, 'save', {
    configurable: true,
    writable: true,
    async value(this: InstanceType<Provider['Interaction']>, ttl: number) {
      if (!snapshotOf(this)) return save.call(this, ttl)
      if (!(await replaceStored(this))) throw new errors.SessionNotFound('interaction session not found')
      return this.uid
    },
  })
}

/** What the instance was read from or stored as; `undefined` if it was never stored. */
export function snapshotOf(instance: object): Snapshot | undefined {
  return (instance as Compared)[snapshot]
}

export function setSnapshot(instance: object, value: Snapshot): void {
  Object.defineProperty(instance, snapshot, { configurable: true, value })
}

/** What the library's models have beside their types. */
export interface StoredModel {
  readonly jti: string
  readonly adapter: AtomicAdapter & Pick<Adapter, 'find' | 'findByUid'>
  getValueAndPayload(): Promise<{ readonly payload: AdapterPayload }>
}

/**
 * Stores a grant or an interaction that was read. Returns `false`, and writes nothing, if it was changed or destroyed
 * meanwhile: stored as the library does it, it would come back.
 */
export async function replaceStored(instance: object & { readonly exp?: number | undefined }): Promise<boolean> {
  // A cast, since the library's types know less of its models than there is; `rememberStoredPayloads` asserts the rest.
  const model = instance as unknown as StoredModel
  const before = snapshotOf(instance)
  if (before === undefined) throw new Misconfigured('Something was to be replaced that is not stored.')
  const { payload } = await model.getValueAndPayload()
  const expiresIn = instance.exp === undefined ? undefined : instance.exp - Math.floor(Date.now() / 1000)
  const text = await model.adapter.replace(before.id, { id: model.jti, payload, expiresIn }, before.text)
  if (text === undefined) return false
  setSnapshot(instance, { id: model.jti, text })
  return true
}

/** What is stored of a session by now, under whichever ID. */
export async function readStored({ adapter }: StoredModel, id: string, uid: string): Promise<FoundPayload | undefined> {
  // A cast, since our adapter adds to what the library's returns.
  return ((await adapter.find(id)) ?? (await adapter.findByUid(uid))) as FoundPayload | undefined
}
