import type { Actor } from '../access/actor.ts'
import type { ManagedKind } from '../managed/managed.table.ts'

/** An object as the file declares it. */
export type Item = Readonly<Record<string, unknown>>

export type KindName = ManagedKind

/** The kinds with their identity keys, in the order that they are applied: an item refers to kinds before its own. */
export const kindNames = [
  { name: 'groups', key: 'name' },
  { name: 'settings', key: '' },
  { name: 'users', key: 'username' },
  { name: 'clients', key: 'id' },
  { name: 'apis', key: 'resource' },
] as const satisfies readonly { readonly name: KindName; readonly key: string }[]

export interface Existing {
  readonly id: string
  /** All fields that a file can declare, as it declares them. */
  readonly item: Item
}

export interface Reference {
  readonly kind: 'groups' | 'clients'
  readonly key: string
  readonly path: readonly (string | number)[]
}

/** A kind of objects: how they are read and changed, with the rules of the REST API. */
export interface Kind {
  readonly name: KindName
  readonly key: string
  /** Fields whose values are never printed; `scim.token` for a member. */
  readonly secrets: readonly string[]
  /** The stored object with this key; `item` is the declared object. */
  find(key: string, item: Item): Promise<Existing | undefined>
  findById(id: string): Promise<Existing | undefined>
  list(): Promise<readonly Item[]>
  references(item: Item): readonly Reference[]
  normalize(item: Item): Item
  create(actor: Actor, item: Item): Promise<string>
  /** Writes the declared values of these fields. Resolves to the ID, which a rename changes if it is the key. */
  update(actor: Actor, existing: Existing, item: Item, fields: readonly string[]): Promise<string>
  remove(actor: Actor, id: string): Promise<void>
}

/** The name of an object among all kinds, ignoring case. */
export function nameIn(kind: KindName, key: string): string {
  return `${kind} ${key.toLowerCase()}`
}
