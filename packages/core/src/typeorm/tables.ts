import type { EntitySchema } from 'typeorm'
import { apiGrantTable, apiTable } from './api.table.ts'
import { artifactTable } from './artifact.table.ts'
import { cacheVersionTable } from './cache-version.table.ts'
import { challengeTable } from './challenge.table.ts'
import { clientGroupTable, clientTable, secretUseTable } from './client.table.ts'
import { codeTable } from './code.table.ts'
import { connectionAttemptTable } from './connection-attempt.table.ts'
import { consentTable } from './consent.table.ts'
import { deviceLoginTable } from './device-login.table.ts'
import { initialAccessTokenTable } from './initial-access-token.table.ts'
import { issuerTable } from './issuer.table.ts'
import { keyTable } from './key.table.ts'
import { limitTable } from './limit.table.ts'
import { logoutNoticeTable } from './logout-notice.table.ts'
import { passkeyTable } from './passkey.table.ts'
import { reauthenticationTable } from './reauthentication.table.ts'
import { passkeyRemovalTable, sessionLinkTable, sessionOriginTable } from './session-history.table.ts'

/** Core's tables, for the `entities` of a host's `DataSource`. */
export const pocketTables: readonly EntitySchema[] = [
  apiTable,
  apiGrantTable,
  artifactTable,
  cacheVersionTable,
  challengeTable,
  clientTable,
  clientGroupTable,
  secretUseTable,
  codeTable,
  connectionAttemptTable,
  consentTable,
  deviceLoginTable,
  initialAccessTokenTable,
  issuerTable,
  keyTable,
  limitTable,
  logoutNoticeTable,
  passkeyTable,
  reauthenticationTable,
  passkeyRemovalTable,
  sessionOriginTable,
  sessionLinkTable,
]
