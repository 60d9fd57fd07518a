import type { Client, ClientInput, Clock } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import { defaultProtocol, findSecret } from '@pocket/core/internal'
import type { Directory } from '@pocket/directory'
import type { Actor } from '../../access/actor.ts'
import type { ClientAdministration } from '../../clients/administration.ts'
import { clientInput } from '../../clients/client-body.ts'
import { clientDto } from '../../clients/client-dto.ts'
import type { Existing, Item, Kind } from '../../configuration-file/kind.ts'
import type { Deps } from '../../http/deps.ts'
import type { ScimProviders } from '../../scim/providers.ts'
import { findGroupIds, findGroupNames, objects, referencesIn, text, texts } from './values.ts'

export interface ClientKindDeps extends Pick<Deps, 'pocket' | 'clock'> {
  readonly directory: Directory
  readonly administration: ClientAdministration
  readonly scim: ScimProviders
}

/** The fields of the file that are stored in other places than the settings of the client. */
const relations = ['allowedGroups', 'secrets', 'scim']

export function clientKind(deps: ClientKindDeps): Kind {
  const { pocket, directory, administration, scim, clock } = deps
  const { clients } = pocket

  const readScim = async (clientId: string) => {
    const provider = await scim.findByClient(clientId)
    return provider && { id: provider.id, ...scimItem(provider), token: scim.decryptToken(provider) }
  }
  const toExisting = async (client: Client, declared: Item): Promise<Existing> => {
    const allowedGroups = await findGroupNames(directory, client.allowedGroupIds)
    const provider = await readScim(client.id)
    const secrets = await describeSecrets(client, texts(declared.secrets), clock)
    const { id: _, ...target } = provider ?? { id: '' }
    return {
      id: client.id,
      item: { ...settingsOf(client), allowedGroups, secrets, scim: provider ? target : null },
    }
  }
  const find = async (id: string, item: Item = {}) => {
    const client = await clients.find(id)
    return client && toExisting(client, item)
  }

  const setSecrets = async (actor: Actor, id: string, wanted: readonly string[]) => {
    const client = await administration.getClient(id)
    const kept = new Set<string>()
    const missing: string[] = []
    for (const plain of wanted) {
      const stored = await findSecret(client, plain, clock.now())
      if (stored) kept.add(stored.id)
      else missing.push(plain)
    }
    for (const secret of missing) await administration.addSecret(actor, id, { secret })
    for (const secret of client.secrets)
      if (!secret.serviceToken && !kept.has(secret.id)) await administration.removeSecret(actor, id, secret.id)
  }
  const setScim = async (actor: Actor, clientId: string, target: unknown) => {
    const provider = await scim.findByClient(clientId)
    if (target === null) {
      if (provider) await scim.remove(actor, provider.id)
      return
    }
    const before = provider && { ...scimItem(provider), token: scim.decryptToken(provider) }
    const { endpoint, token, removal } = { ...before, ...Object(target) }
    const input = { clientId, endpoint: text(endpoint), token: text(token), ...(removal && { removal }) }
    await fieldsWithin('scim', () =>
      provider ? scim.update(actor, provider.id, input) : scim.createFirst(actor, input),
    )
  }
  const setRelations = async (actor: Actor, id: string, item: Item) => {
    if (item.secrets !== undefined) await setSecrets(actor, id, texts(item.secrets))
    if (item.scim !== undefined) await setScim(actor, id, item.scim)
  }

  return {
    name: 'clients',
    key: 'id',
    secrets: ['secrets', 'scim.token'],
    find,
    findById: find,
    async list() {
      const items: Item[] = []
      for (const client of await clients.list()) {
        // Clients that register themselves are not declared.
        if (client.registration !== null || client.type === 'cimd') continue
        const { item } = await toExisting(client, {})
        const { secrets: _, scim: target, ...fields } = item
        const { token: _token, ...withoutToken } = Object(target)
        items.push({ ...fields, protocol: changedProtocol(client), scim: withoutToken })
      }
      return items
    },
    references: (item) => referencesIn('groups', item, 'allowedGroups'),
    // Only a restricted client has allowed groups.
    normalize: (item) => (texts(item.allowedGroups).length > 0 ? { isGroupRestricted: true, ...item } : item),
    async create(actor, item) {
      const groupIds = await findGroupIds(directory, item.allowedGroups)
      const { id } = await administration.create(actor, { ...inputOf(item), id: text(item.id) }, groupIds)
      await setRelations(actor, id, item)
      return id
    },
    async update(actor, { id: storedId, item: before }, item, fields) {
      const id = fields.includes('id') ? (await administration.rename(actor, storedId, text(item.id))).id : storedId
      const isOwn = fields.some((field) => field !== 'id' && !relations.includes(field))
      const groups = fields.includes('allowedGroups') ? await findGroupIds(directory, item.allowedGroups) : undefined
      if (isOwn) {
        // Members of `protocol` that the file does not declare are unchanged.
        const { protocol: _, ...stored } = before
        await administration.update(actor, id, inputOf({ ...stored, ...item }), groups)
      } else if (groups) await administration.setAllowedGroups(actor, id, groups)
      const changed = Object.entries(item).filter(([field]) => fields.includes(field))
      await setRelations(actor, id, Object.fromEntries(changed))
      return id
    },
    remove: (actor, id) => administration.remove(actor, id),
  }
}

function settingsOf(client: Client): Item {
  const { credentials, hasLogo: _l, hasDarkLogo: _d, clientType: _t, pkceSupported: _p, ...dto } = clientDto(client, 0)
  return {
    ...dto,
    federatedIdentities: credentials.federatedIdentities,
    accessTokenDurationMinutes: client.accessTokenDurationMinutes,
  }
}

function inputOf(item: Item): ClientInput {
  const { federatedIdentities, accessTokenDurationMinutes, allowedGroups: _, previously: _previously, ...fields } = item
  const body = { ...fields, name: text(item.name), credentials: { federatedIdentities: objects(federatedIdentities) } }
  return {
    // The cast is safe: the schema of the file has the members of the REST body.
    ...clientInput(body as unknown as Parameters<typeof clientInput>[0]),
    ...(typeof accessTokenDurationMinutes === 'number' && { accessTokenDurationMinutes }),
  }
}

function scimItem({ endpoint, removal }: { readonly endpoint: string; readonly removal: string }) {
  return { endpoint, removal }
}

/** The declared secrets that are stored, and a placeholder for each other secret. Service tokens are not declared. */
async function describeSecrets(client: Client, declared: readonly string[], clock: Clock): Promise<readonly string[]> {
  const found = new Map<string, string>()
  for (const plain of declared) {
    const secret = await findSecret(client, plain, clock.now())
    if (secret) found.set(secret.id, plain)
  }
  return client.secrets.flatMap(({ id, prefix, serviceToken }) => (serviceToken ? [] : (found.get(id) ?? `${prefix}…`)))
}

function changedProtocol({ protocol }: Client): Item {
  const defaults = new Map<string, unknown>(Object.entries(defaultProtocol))
  return Object.fromEntries(
    Object.entries(protocol).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults.get(name))),
  )
}

/** Names the fields of an error as the file does, so that their positions are found. */
async function fieldsWithin<T>(member: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    if (!(cause instanceof InvalidInputError)) throw cause
    const fields = cause.fields.map((problem) => ({ ...problem, field: `${member}.${problem.field}` }))
    throw new InvalidInputError(cause.code, cause.message, { cause, fields })
  }
}
