// Re-exported so that packages with browser tests need no dependency on Playwright.
export type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core'
export { type AxeOptions, expectNoAxeViolations } from './axe.ts'
export { type BrowserOptions, launchBrowser, type TestBrowser } from './chromium.ts'
export { describeUnless } from './describe-unless.ts'
export { eventually } from './eventually.ts'
export { type FirefoxPage, firefoxUnavailableReason, launchFirefox } from './firefox.ts'
export { type HttpServer, startHttpServer } from './http-server.ts'
export { generateLdif, type LdifOptions, ldifEntry } from './ldif.ts'
export { type MmdbOptions, type MmdbValue, writeMmdb } from './mmdb.ts'
export { type Pgbouncer, pgbouncerUnavailableReason, startPgbouncer } from './pgbouncer.ts'
export { createTestDatabase, type PostgresServer, startPostgres, type TestDatabase } from './postgres.ts'
export { freePort, type ProcessOptions, startProcess } from './process.ts'
export { createRunFolderOnce } from './run-folder.ts'
export { databaseKinds, firstOfEach, quickOnly, selectCases } from './select-cases.ts'
export { shareBetweenTests, startForEachTest } from './share-between-tests.ts'
export { type Slapd, type SlapdOptions, slapdUnavailableReason, startSlapd } from './slapd.ts'
export { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
export { testTimeout, waitTimeout } from './timeouts.ts'
export { findUnnamedArguments, methodsOf } from './unnamed-arguments.ts'
export {
  addVirtualAuthenticator,
  type VirtualAuthenticator,
  type VirtualAuthenticatorOptions,
  type VirtualCredential,
} from './virtual-authenticator.ts'
export type { RunningProcess } from './watched-process.ts'
export { launchWebKit, type WebKitPage, webKitUnavailableReason } from './webkit.ts'
