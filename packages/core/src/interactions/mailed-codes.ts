import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Account } from '../accounts/account.ts'
import type { LoginCodes } from '../codes/login-codes.ts'
import type { CoreContext } from '../context.ts'
import { ConfigurationError, ForbiddenError } from '../errors.ts'
import { callHost } from '../host-rule.ts'
import { requestContext } from '../http/request-context.ts'

const lifetime = 15 * 60_000

/** Sends login codes by e-mail without revealing which accounts exist. */
export function createMailedCodes(
  { name, mailer, hookTimeout, limits, onError, stores: { accounts } }: CoreContext,
  loginCodes: LoginCodes,
  bindBrowser: (req: IncomingMessage, res: ServerResponse, address: string) => string,
) {
  const pendingMails = new Set<Promise<void>>()

  const sendMail = async (
    req: IncomingMessage,
    account: Account & { readonly email: string },
    browserToken: string,
  ) => {
    const options = { browserToken, origin: requestContext(req) }
    const { code, expiresAt } = await loginCodes.issue(account.id, lifetime, options)
    const subject = `Your code for ${name}`
    const text = `Your code for ${name} is ${code}\n\nIt works once within 15 minutes, in the browser that requested it. If you did not request it, you can ignore this e-mail.\n`
    const message = { kind: 'login-code', to: account.email, subject, text, account, code, expiresAt } as const
    await callHost({ option: 'mailer', run: async () => mailer?.send(message), hookTimeout })
  }

  const sendCode = async (req: IncomingMessage, login: string, browserToken: string) => {
    const account = await accounts.findByLogin(login)
    if (!account || account.disabled || account.email === null) return
    await sendMail(req, { ...account, email: account.email }, browserToken)
  }

  return {
    /**
     * Sends a login code to the account with this login, if it exists, is enabled and has an e-mail address. Response and timing
     * are the same if there is none. Only this browser can use the code, within 15 minutes, with `pocket.signIn.withCode`.
     *
     * @throws {RateLimitedError} `rate_limited`
     * @throws {ConfigurationError} without `mailer`, or without `findByLogin` of `accounts`
     */
    async send(req: IncomingMessage, res: ServerResponse, login: string): Promise<void> {
      if (!mailer) throw missingMailer()
      if (!accounts.supports('findByLogin')) await accounts.findByLogin(login)
      await limits.consume(req, 'one-time-access-email')
      const browserToken = bindBrowser(req, res, login)
      const pendingMail = sendCode(req, login, browserToken)
        .catch((error: unknown) => {
          // A rejection is not an error, and is already in the audit log.
          if (!(error instanceof ForbiddenError)) onError(error, requestContext(req).requestId)
        })
        .finally(() => pendingMails.delete(pendingMail))
      pendingMails.add(pendingMail)
    },

    /** Waits for pending messages. */
    async whenIdle(): Promise<void> {
      await Promise.all(pendingMails)
    },
  }
}

export type MailedCodes = ReturnType<typeof createMailedCodes>

function missingMailer(): ConfigurationError {
  const message = 'The option mailer is missing.'
  return new ConfigurationError(message, {
    details: { option: 'mailer' },
    fields: [{ field: 'mailer', code: 'not_offered', message }],
  })
}
