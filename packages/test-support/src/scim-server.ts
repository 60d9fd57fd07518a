import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'

/** A resource as stored in the server. */
export interface ScimObject {
  readonly id: string
  /** Only for users. */
  readonly userName: string
  readonly displayName: string
  readonly [attribute: string]: unknown
}

export interface ScimServerOptions {
  /** The accepted bearer token. */
  readonly token?: string
  /** Whether it advertises `PATCH` support. Default: yes. */
  readonly patch?: boolean
}

/** A SCIM 2.0 server (RFC 7644) on 127.0.0.1 that stores resources in memory. */
export interface ScimServer extends AsyncDisposable {
  /** The endpoint URL. */
  readonly url: string
  readonly users: Map<string, ScimObject>
  readonly groups: Map<string, ScimObject>
  /** Method and path of all requests, in order. */
  readonly requests: string[]
  /** The request bodies, in the same order. */
  readonly bodies: unknown[]
}

interface Store {
  readonly objects: Map<string, ScimObject>
  readonly uniqueAttribute: 'userName' | 'displayName'
}

/** The library supports one server per process: the last one started. */
let stores: Readonly<Record<'User' | 'Group', Store>> | undefined
let isDeclared = false

export async function startScimServer({
  token = 'scim-token',
  patch = true,
}: ScimServerOptions = {}): Promise<ScimServer> {
  const users = new Map<string, ScimObject>()
  const groups = new Map<string, ScimObject>()
  stores = {
    User: { objects: users, uniqueAttribute: 'userName' },
    Group: { objects: groups, uniqueAttribute: 'displayName' },
  }
  declareResources()
  const requests: string[] = []
  const bodies: unknown[] = []
  const app = express()
  app.use((req, _res, next) => {
    requests.push(`${req.method} ${req.originalUrl.replace('/scim/v2', '')}`)
    // The library writes numbers into the query, which Express 5 parses again on every access.
    Object.defineProperty(req, 'query', { value: { ...req.query }, writable: true })
    next()
  })
  app.use(express.json({ type: 'application/scim+json', limit: '20mb' }), (req, _res, next) => {
    bodies.push(req.body)
    next()
  })
  const routers = new SCIMMYRouters({
    type: 'bearer',
    handler(request) {
      if (request.header('authorization') !== `Bearer ${token}`) throw new Error('The token is invalid')
      return 'tests'
    },
  })
  SCIMMY.Config.set({ patch })
  app.use('/scim/v2', routers)
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP always has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/scim/v2`,
    users,
    groups,
    requests,
    bodies,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function declareResources(): void {
  if (isDeclared) return
  isDeclared = true
  const { User, Group } = SCIMMY.Resources
  SCIMMY.Resources.declare(User)
    .ingress((resource, content) => write('User', resource.id, content))
    .egress((resource) => read('User', resource))
    .degress((resource) => remove('User', resource.id))
  SCIMMY.Resources.declare(Group)
    .ingress((resource, content) => write('Group', resource.id, content))
    .egress((resource) => read('Group', resource))
    .degress((resource) => remove('Group', resource.id))
}

function storeOf(kind: 'User' | 'Group'): Store {
  if (!stores) throw new TypeError('No server was started')
  return stores[kind]
}

function write(kind: 'User' | 'Group', id: string | undefined, content: object): ScimObject {
  const { objects, uniqueAttribute } = storeOf(kind)
  if (id !== undefined && !objects.has(id)) throw new SCIMMY.Types.Error(404, '', `Resource ${id} not found`)
  const plain: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify(content))
  const key = String(plain[uniqueAttribute]).toLowerCase()
  for (const other of objects.values())
    if (other.id !== id && keyOf(other, uniqueAttribute) === key)
      throw new SCIMMY.Types.Error(409, 'uniqueness', `${uniqueAttribute} is taken`)
  const { schemas: _schemas, meta: _meta, ...attributes } = plain
  // The cast is safe: the library has validated the required attributes.
  const object = { ...attributes, id: id ?? randomUUID() } as unknown as ScimObject
  objects.set(object.id, object)
  return object
}

const keys = new WeakMap<ScimObject, string>()

/** Computed once, since every new resource is compared with all others. */
function keyOf(object: ScimObject, uniqueAttribute: Store['uniqueAttribute']): string {
  const key = keys.get(object) ?? String(object[uniqueAttribute]).toLowerCase()
  keys.set(object, key)
  return key
}

function read(
  kind: 'User' | 'Group',
  { id, filter }: { readonly id?: string; readonly filter?: { match(values: object[]): object[] } },
): ScimObject | ScimObject[] {
  const { objects } = storeOf(kind)
  if (id === undefined) {
    const objectList = [...objects.values()]
    // The cast is safe: the filter returns a subset of its input.
    return filter ? (filter.match(objectList) as ScimObject[]) : objectList
  }
  const found = objects.get(id)
  if (!found) throw new SCIMMY.Types.Error(404, '', `Resource ${id} not found`)
  return found
}

function remove(kind: 'User' | 'Group', id: string | undefined): void {
  const { objects } = storeOf(kind)
  if (id === undefined || !objects.delete(id)) throw new SCIMMY.Types.Error(404, '', `Resource ${id} not found`)
}
