import type { IncomingMessage } from 'node:http'
import type { User } from '@pocket/directory'
import type { Catalogs } from './catalogs.ts'
import type { LocalizedMessages } from './messages.ts'
import { preferencesOf } from './preferences.ts'

/** The messages in the language of this user's pages in this browser. */
export type MessagesFor = (req: IncomingMessage, user: Pick<User, 'locale'>) => LocalizedMessages

export function createMessagesFor(catalogs: Catalogs): MessagesFor {
  return (req, { locale }) => {
    const { language, accepted } = preferencesOf(req)
    return catalogs.inPreferredLanguage([language, locale, ...accepted].filter((tag) => tag !== null))
  }
}
