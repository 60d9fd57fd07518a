import type { Clock } from '../clock.ts'
import { Conflict, type FieldError, InvalidInput, NotFound } from '../errors.ts'
import { nameProblem, normalName } from '../names.ts'
import { uuid } from '../random.ts'
import type { Client } from './client.ts'
import type { ClientStore } from './client-store.ts'
import { redirectUriProblem } from './redirect-uris.ts'
import { type MintedSecret, mintSecret } from './secrets.ts'

/** What an administrator decides about a client. */
export interface ClientInput {
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[]
  readonly isPublic?: boolean
  readonly pkceRequired?: boolean
  readonly template?: string | null
}

export interface NewClientInput extends ClientInput {
  /** 2–128 characters of `A-Za-z0-9._-`; a UUID where it is not given. */
  readonly id?: string
}

/** The clients of this provider. Changes hold from the next request on. */
export interface Clients {
  find(id: string): Promise<Client | undefined>
  list(): Promise<readonly Client[]>
  /**
   * @throws {InvalidInput} `validation_failed` with the fields `id`, `name`, `redirectUris[i]`, `postLogoutRedirectUris[i]`
   * @throws {Conflict} `client_id_already_exists`
   */
  create(input: NewClientInput): Promise<Client>
  /** @throws {NotFound} `client_not_found` @throws {InvalidInput} as for `create` */
  update(id: string, input: ClientInput): Promise<Client>
  /** Removes the client and what was given to it. Returns `false` where there is none. */
  remove(id: string): Promise<boolean>
  /** Adds a secret, shown this once. @throws {NotFound} @throws {Conflict} for a public client or beyond twenty secrets */
  addSecret(id: string): Promise<MintedSecret>
  /** Returns `false` where there is no such secret. @throws {NotFound} */
  removeSecret(id: string, secretId: string): Promise<boolean>
}

export interface ClientsPorts {
  readonly store: ClientStore
  readonly clock: Clock
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>
  /** Ends what the client was given, within the transaction that removes it. */
  readonly onRemove: (clientId: string) => Promise<void>
}

const mostSecrets = 20

export function createClients({ store, clock, transaction, onRemove }: ClientsPorts): Clients {
  const existing = async (id: string): Promise<Client> => {
    const client = await store.find(id)
    if (!client) throw new NotFound('client_not_found', 'There is no such client.')
    return client
  }
  return {
    // No id holds a NUL, and PostgreSQL takes none in a text.
    find: async (id) => (id.includes('\0') ? undefined : store.find(id)),
    list: () => store.list(),

    async create(input) {
      refuse([...idProblems(input.id), ...problems(input)])
      const now = clock.now()
      const client: Client = { id: input.id ?? uuid(), ...decided(input), secrets: [], createdAt: now, updatedAt: now }
      if (!(await store.insert(client))) throw new Conflict('client_id_already_exists', 'The client ID is taken.')
      return client
    },

    async update(id, input) {
      refuse(problems(input))
      return transaction(async () => {
        const client = { ...(await existing(id)), ...decided(input), updatedAt: clock.now() }
        await store.update(client)
        return client
      })
    },

    remove: (id) =>
      transaction(async () => {
        const removed = await store.remove(id)
        if (removed) await onRemove(id)
        return removed
      }),

    addSecret: (id) =>
      transaction(async () => {
        const client = await existing(id)
        if (client.isPublic) throw new Conflict('validation_failed', 'A public client has no secret.')
        if (client.secrets.length >= mostSecrets)
          throw new Conflict('validation_failed', 'A client has twenty secrets at most.')
        const minted = mintSecret(clock.now())
        await store.update({ ...client, secrets: [...client.secrets, minted.stored], updatedAt: clock.now() })
        return minted
      }),

    removeSecret: (id, secretId) =>
      transaction(async () => {
        const client = await existing(id)
        const secrets = client.secrets.filter((secret) => secret.id !== secretId)
        if (secrets.length === client.secrets.length) return false
        await store.update({ ...client, secrets, updatedAt: clock.now() })
        return true
      }),
  }
}

function decided(input: ClientInput) {
  const isPublic = input.isPublic ?? false
  return {
    name: normalName(input.name),
    redirectUris: [...new Set(input.redirectUris)],
    postLogoutRedirectUris: [...new Set(input.postLogoutRedirectUris ?? [])],
    isPublic,
    pkceRequired: isPublic || (input.pkceRequired ?? false),
    template: input.template ?? null,
  }
}

function refuse(fields: readonly FieldError[]): void {
  if (fields.length > 0) throw new InvalidInput('validation_failed', 'The client is not valid.', { fields })
}

function idProblems(id: string | undefined): FieldError[] {
  if (id === undefined || /^[a-zA-Z0-9._-]{2,128}$/.test(id)) return []
  return [
    { field: 'id', code: 'invalid_format', message: 'must be 2 to 128 letters, digits, dots, hyphens or underscores' },
  ]
}

function problems(input: ClientInput): FieldError[] {
  const found: FieldError[] = []
  const wrongName = nameProblem(normalName(input.name), 50)
  if (wrongName) found.push({ field: 'name', ...wrongName })
  for (const list of ['redirectUris', 'postLogoutRedirectUris'] as const)
    for (const [index, uri] of (input[list] ?? []).entries()) {
      const code = redirectUriProblem(uri)
      if (code) found.push({ field: `${list}[${index}]`, code, message: `cannot be registered: ${code}` })
    }
  return found
}
