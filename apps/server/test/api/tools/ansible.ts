import { isDeepStrictEqual } from 'node:util'
import { placeholder } from '../setting-calls.ts'
import { idsOf, items, type Json, type Tool, type ToolApi } from './tool-api.ts'

const group = { name: 'an-developers', friendlyName: 'an-developers' }
const user = { username: 'an-ada', email: 'an-ada@example.com', firstName: 'Ada', lastName: 'L.' }
const client = {
  name: 'an-grafana',
  callbackURLs: ['https://grafana.example.com/login', 'https://a.example.com/cb'],
  isPublic: false,
  pkceEnabled: true,
  launchURL: 'https://grafana.example.com',
  isGroupRestricted: true,
  requiresPushedAuthorizationRequests: false,
}
const settings = { appName: 'Ansible', disableAnimations: 'true' }

/** A playbook of the collection trozz.pocketid: finds objects by name, compares, writes, and reads again. */
export function ansible(): Tool {
  let before: Json | undefined
  return {
    name: 'Ansible',
    async apply(api) {
      const groupId = await ensurePresent(api, { list: '/api/user-groups', key: 'name', wanted: group })
      const userId = await ensurePresent(api, { list: '/api/users', key: 'username', wanted: user })
      const { userGroups } = await api.read(`/api/users/${userId}`)
      const membership = { userGroupIds: [groupId] }
      await api.converge(`PUT /api/users/${userId}/user-groups`, membership, { userGroupIds: idsOf(userGroups) })
      const isNew = (await findByName(api, '/api/oidc/clients', 'name', client.name)) === undefined
      const created = { ...client, logoutCallbackURLs: [], credentials: { federatedIdentities: [] } }
      const clientId = await ensurePresent(api, { list: '/api/oidc/clients', key: 'name', wanted: client, created })
      if (isNew) await api.write(`POST /api/oidc/clients/${clientId}/secret`)
      const { allowedUserGroups } = await api.read(`/api/oidc/clients/${clientId}`)
      const allowed = { userGroupIds: idsOf(allowedUserGroups) }
      await api.converge(`PUT /api/oidc/clients/${clientId}/allowed-user-groups`, membership, allowed)
      const current = await readSettings(api)
      before ??= current
      await changeSettings(api, settings)
    },
    async destroy(api) {
      for (const [list, key, name] of [
        ['/api/oidc/clients', 'name', client.name],
        ['/api/users', 'username', user.username],
        ['/api/user-groups', 'name', group.name],
      ] as const) {
        const found = await findByName(api, list, key, name)
        if (found) await api.write(`DELETE ${list}/${found.id}`)
      }
      const { appName, disableAnimations } = before ?? {}
      await changeSettings(api, { appName, disableAnimations })
    },
  }
}

async function findByName(api: ToolApi, list: string, key: string, name: string): Promise<Json | undefined> {
  // The collection sends the page without brackets, which is ignored.
  const match = items(await api.read(`${list}?page=1`)).find((item) => item[key] === name)
  return match && api.read(`${list}/${match.id}`)
}

interface WantedObject {
  readonly list: '/api/users' | '/api/user-groups' | '/api/oidc/clients'
  readonly key: string
  readonly wanted: Json
  readonly created?: Json
}

/** Creates the object or changes the fields that differ; lists of URLs have no order. */
async function ensurePresent(api: ToolApi, { list, key, wanted, created = wanted }: WantedObject): Promise<string> {
  const found = await findByName(api, list, key, String(wanted[key]))
  if (!found) return String((await api.write(`POST ${list}`, created)).id)
  const sortList = (value: unknown) => (Array.isArray(value) ? [...value].sort() : value)
  const isSame = Object.entries(wanted).every(([name, value]) =>
    isDeepStrictEqual(sortList(found[name]), sortList(value)),
  )
  if (!isSame) await api.write(`PUT ${list}/${found.id}`, wanted)
  return String(found.id)
}

async function readSettings(api: ToolApi): Promise<Json> {
  const entries = items(await api.read('/api/application-configuration/all'))
  if (entries.some(({ value }) => value === placeholder)) throw new Error('A secret is masked.')
  return Object.fromEntries(entries.filter(({ key }) => key !== 'instanceId').map(({ key, value }) => [key, value]))
}

/** The whole configuration is sent back, because missing fields get their defaults. */
async function changeSettings(api: ToolApi, changes: Json): Promise<void> {
  const current = await readSettings(api)
  const isSame = Object.entries(changes).every(([name, value]) => current[name] === value)
  if (!isSame) await api.write('PUT /api/application-configuration', { ...current, ...changes })
}
