import { InvalidInputError } from '../errors.ts'
import type { Pocket } from '../pocket.ts'

/**
 * Converts the account IDs in the arguments of all methods: hosts without type checking pass the numeric IDs of their database,
 * which the stores would compare with text and never find.
 */
export function withAccountIds(pocket: Pocket): Pocket {
  return {
    ...guarded(pocket, {
      issueLoginCode: (account, ...rest) => [{ id: toAccountId(account?.id) }, ...rest],
      endAccess: first,
      endAccessByGroups: first,
      forgetAccount: first,
      withdrawConsent: first,
      previewTokens: (clientId, accountId, scope) => [clientId, toAccountId(accountId), scope],
      testClient: (clientId, accountId) => [clientId, toAccountId(accountId)],
      testSiteRequest: (clientId, request) => [clientId, request.accountId === null ? request : withAccountId(request)],
    }),
    accounts: guarded(pocket.accounts, { find: first }),
    passkeys: guarded(pocket.passkeys, {
      list: first,
      summarize: (accountIds) => [accountIds.map(toAccountId)],
      countUsable: first,
      rename: first,
      remove: first,
      removeAsAdministrator: first,
    }),
    passkeyRemovals: guarded(pocket.passkeyRemovals, { list: first, find: first, lock: first }),
    sessions: guarded(pocket.sessions, { list: first, end: first, endOthers: first }),
    recovery: guarded(pocket.recovery, { replaceCodes: first, removeCodes: first, countCodes: first }),
    registration: guarded(pocket.registration, {
      options: (req, res, start) => [req, res, { ...start, subject: withAccountId(start.subject) }],
      verify: (req, res, end) => [req, res, end.accountId === undefined ? end : withAccountId(end)],
      add: (req, res, end) => [req, res, withAccountId(end)],
    }),
    signIn: guarded(pocket.signIn, {
      confirm: (req, res, input) => [req, res, withAccountId(input)],
      vouchFor: (req, res, accountId, authentication) => [req, res, toAccountId(accountId), authentication],
      asNewAccount: (req, res, signIn) => [req, res, withAccountId(signIn)],
    }),
    deviceLogins: guarded(pocket.deviceLogins, {
      decide: (req, decision) => [req, withAccountId(decision)],
    }),
  }
}

/** The arguments that a method receives instead of those of the caller. */
type Converters<Service> = {
  readonly [Name in keyof Service]?: Service[Name] extends (...args: infer Args) => Promise<unknown>
    ? (...args: Args) => Args
    : never
}

function guarded<Service extends object>(service: Service, converters: Converters<Service>): Service {
  const methods = Object.entries(converters).map(([name, convert]) => [
    name,
    // Casts: `Converters` holds the types of each method and its arguments together.
    async (...args: unknown[]) => {
      const method = service[name as keyof Service] as (...args: unknown[]) => unknown
      return method.apply(service, (convert as (...args: unknown[]) => unknown[])(...args))
    },
  ])
  return { ...service, ...Object.fromEntries(methods) }
}

function first<Rest extends readonly unknown[]>(accountId: string, ...rest: Rest): [string, ...Rest] {
  return [toAccountId(accountId), ...rest]
}

function withAccountId<Input extends { readonly accountId?: string | null | undefined }>(input: Input) {
  return { ...input, accountId: toAccountId(input?.accountId) }
}

/** @throws {InvalidInputError} `validation_failed` if it is neither a non-empty string nor an integer */
function toAccountId(accountId: unknown): string {
  if (typeof accountId === 'bigint' || Number.isSafeInteger(accountId)) return String(accountId)
  if (typeof accountId === 'string' && accountId !== '') return accountId
  const message = 'must be a non-empty string, a safe integer or a bigint'
  throw new InvalidInputError('validation_failed', `The account ID ${message}.`, {
    fields: [{ field: 'accountId', code: 'invalid_type', message }],
  })
}
