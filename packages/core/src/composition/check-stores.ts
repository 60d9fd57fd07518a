import type { FieldError } from '../errors.ts'
import type { PocketStores } from '../stores.ts'

type Stores = Omit<PocketStores, 'transaction'>

/** The required methods of each store; a missing entry is a compile error. */
const methods: { readonly [Name in keyof Stores]: Readonly<Record<keyof Stores[Name], true>> } = {
  apis: {
    find: true,
    findForUpdate: true,
    findByResource: true,
    list: true,
    page: true,
    insert: true,
    update: true,
    remove: true,
    findGrant: true,
    grantsOf: true,
    grantsTo: true,
    setGrant: true,
    removeGrant: true,
    removeGrantsTo: true,
  },
  artifacts: {
    upsert: true,
    insert: true,
    insertPending: true,
    replace: true,
    refresh: true,
    find: true,
    findWithGrants: true,
    findWithSession: true,
    issue: true,
    lock: true,
    findByUid: true,
    listByAccount: true,
    accountsOf: true,
    findByUserCode: true,
    consume: true,
    decide: true,
    poll: true,
    destroy: true,
    destroyByUid: true,
    destroyByGrant: true,
    destroyByAccount: true,
    destroyByClient: true,
    destroyByAccountAndClient: true,
    removeExpired: true,
  },
  spentChallenges: { insert: true, lastPosition: true, removeUpTo: true },
  clients: {
    find: true,
    findCached: true,
    protectedSites: true,
    findForUpdate: true,
    list: true,
    page: true,
    insert: true,
    insertUnused: true,
    update: true,
    remove: true,
    recordPkceSupport: true,
    noteUse: true,
    postponeRemoval: true,
    listUnused: true,
    recordSecretUse: true,
    secretUses: true,
    allowedTo: true,
    setAllowedTo: true,
  },
  codes: {
    insert: true,
    consume: true,
    find: true,
    count: true,
    removeKinds: true,
    removeCreatedIn: true,
    remove: true,
    removeByAccount: true,
    expireByAccount: true,
    removeExpired: true,
  },
  connectionLog: { insert: true, list: true, latest: true, removeByAccount: true, renameClient: true },
  consents: {
    find: true,
    allow: true,
    recordUse: true,
    remove: true,
    removeByAccount: true,
    removeByClient: true,
    removeScopes: true,
    renameClient: true,
  },
  deviceLogins: {
    insert: true,
    findByCode: true,
    find: true,
    decide: true,
    consume: true,
    removeByAccount: true,
    removeExpired: true,
  },
  initialAccessTokens: { insert: true, findByHash: true, list: true, use: true, remove: true, removeExpired: true },
  issuer: { claim: true, replace: true },
  keys: { list: true, listCached: true, insert: true, move: true, requestReplacement: true, remove: true },
  limits: { consume: true, refund: true, removeExpired: true },
  logoutNotices: { insert: true, claimDue: true, postpone: true, remove: true, removeByClient: true },
  passkeys: {
    insert: true,
    findByCredentialId: true,
    listByAccount: true,
    recordUse: true,
    recordCounterRegression: true,
    hasUnverified: true,
    page: true,
    summarize: true,
    overview: true,
    accountIds: true,
    rename: true,
    removeUnlessLast: true,
    remove: true,
    removeByAccount: true,
  },
  reauthentications: { insert: true, consume: true, removeByAccount: true, removeExpired: true },
  sessionHistory: {
    lockAccount: true,
    countRemovals: true,
    addRemoval: true,
    saveOrigin: true,
    findOrigin: true,
    originsOf: true,
    originsInBrowser: true,
    endedBy: true,
    saveLink: true,
    linksOf: true,
    linksTo: true,
    linksIn: true,
    dueForReview: true,
    remove: true,
    removeByAccount: true,
  },
}

/** Missing stores and missing methods: a custom store may implement an older version. */
export function storeProblems(stores: PocketStores): readonly FieldError[] {
  const errors = Object.entries(methods).flatMap(([name, requiredMethods]) => {
    const store: unknown = Reflect.get(stores, name)
    if (typeof store !== 'object' || store === null) return [storeError(name, 'is missing')]
    return Object.keys(requiredMethods)
      .filter((method) => typeof Reflect.get(store, method) !== 'function')
      .map((method) => storeError(`${name}.${method}`, 'must be a function'))
  })
  return typeof stores.transaction === 'function'
    ? errors
    : [...errors, storeError('transaction', 'must be a function')]
}

function storeError(store: string, message: string): FieldError {
  return { field: `stores.${store}`, code: 'required', message }
}
