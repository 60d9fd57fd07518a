import { Visitor } from '@swc/core/Visitor.js'

// The import rules of ARCHITECTURE.md ("Layers of the server"), checked by `pnpm run check`.

const core = '^packages/core/src'
const anySource = '^(packages|apps)/[^/]+/src/'
const databaseCode = '[.]table[.]ts$|-store[.]ts$|/migrations/|/src/typeorm/|^apps/server/src/database/'
const migrationSource = '^apps/server/src/pocket-id-migration/source/'

/** A third-party library and the only sources that may import it, so that an upgrade is a change in one place. */
const libraryFolders = [
  { library: 'bowser', folder: '^apps/server/src/http/' },
  { library: 'culori', folder: '^apps/server/src/appearance/' },
  { library: 'oidc-provider', folder: `${core}/((oidc|interactions)/|(create-)?pocket[.]ts$)` },
  { library: '@simplewebauthn/server', folder: `${core}/(passkeys|testing)/`, typesIn: core },
  {
    library: '@simplewebauthn/browser',
    folder: `${core}/browser/`,
    typesIn: '^(packages/core/src|apps/server/web)',
  },
  { library: 'typeorm', folder: databaseCode },
  { library: 'better-sqlite3', folder: `${databaseCode}|${migrationSource}` },
  { library: 'pg', folder: `${databaseCode}|${migrationSource}|^packages/test-support/src/` },
  { library: 'jose', folder: `${core}/oidc/|^packages/test-support/src/` },
  { library: 'bcryptjs', folder: `${core}/clients/` },
  { library: '@msgpack/msgpack', folder: migrationSource },
  { library: 'yauzl', folder: migrationSource },
  { library: 'tldts', folder: `${core}/clients/` },
  { library: 'undici', folder: `${core}/outbound/` },
  { library: 'ejs', folder: '^apps/server/src/http/' },
  { library: 'koa-views', folder: '^apps/server/src/http/' },
  { library: 'ldapts', folder: '^packages/directory/src/ldap/' },
  { library: 'maxmind', folder: '^apps/server/src/geoip/' },
  { library: 'tar', folder: '^apps/server/src/geoip/' },
  { library: 'nodemailer', folder: '^apps/server/src/email/' },
  { library: 'uqr', folder: '^apps/server/src/device-login/' },
  { library: 'sharp', folder: '^apps/server/src/images/' },
  { library: 'svgo', folder: '^apps/server/src/images/' },
  { library: 'sanitize-html', folder: '^apps/server/src/images/' },
  { library: 'file-type', folder: '^apps/server/src/images/' },
  { library: '@fastify/busboy', folder: '^apps/server/src/images/' },
  { library: 'aws4fetch', folder: '^apps/server/src/files/' },
  { library: 'openapi-fetch', folder: '^packages/api-client/src/' },
  { library: 'age-encryption', folder: '^apps/server/src/backup/' },
  { library: 'commander', folder: '^apps/server/src/cli/' },
  { library: 'dotenv', folder: '^apps/server/src/config/' },
  { library: '@opentelemetry/[^/]+', folder: '^apps/server/src/telemetry/' },
  { library: 'playwright-core', folder: '^packages/test-support/src/' },
]

const oneFolder = libraryFolders.map(({ library, folder, typesIn }) => ({
  name: `one-folder-for-${library}`,
  comment: `${library} is imported in one place only`,
  severity: 'error',
  from: { path: anySource, pathNot: typesIn ? [folder, typesIn] : [folder] },
  to: { path: packagePath(library) },
}))

const oneFolderExceptForTypes = libraryFolders
  .filter(({ typesIn }) => typesIn !== undefined)
  .map(({ library, folder, typesIn }) => ({
    name: `one-folder-for-${library}-except-for-types`,
    comment: `${library} is imported in one place only; its types may be named elsewhere`,
    severity: 'error',
    from: { path: typesIn, pathNot: [folder] },
    to: { path: packagePath(library), dependencyTypesNot: ['type-only'] },
  }))

/** The folders of core's domain, innermost first: a folder may import the folders of its own row and of the rows before it. */
const domain = [
  ['audit'],
  ['accounts'],
  ['clients', 'apis', 'consents', 'connection-log'],
  ['passkeys', 'codes'],
  ['sessions'],
]
const domainFolders = domain.flat().join('|')
const leaves = 'errors|options|stores|clock|random|transaction|hash|master-key'

const domainOrder = domain.slice(0, -1).map((row, index) => ({
  name: `core-${row[0]}-imports-inwards`,
  comment: `${row.join(', ')} must not know the folders that are built on them`,
  severity: 'error',
  from: { path: `${core}/(${row.join('|')})/` },
  to: {
    path: `${core}/(${domain
      .slice(index + 1)
      .flat()
      .join('|')})/`,
  },
}))

const server = '^apps/server/src'

/**
 * The layers of the server from the innermost: a folder imports its own layer and the layers before it. Folders that are
 * named in no layer are nouns; composition, the command line and the entry points know everything.
 */
const platform = ['access', 'config', 'database', 'http', 'logging', 'telemetry']
const services = [
  'appearance',
  'audit-log',
  'files',
  'geoip',
  'images',
  'initial-access-tokens',
  'jobs',
  'managed',
  'preferences',
  'settings',
]

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-folder-cycles',
      comment: 'two folders that import each other are one: move what both need into a folder below, or compose them',
      severity: 'error',
      scope: 'folder',
      from: { path: '^(apps/server|packages/(core|directory))/src/[^/]+' },
      to: { circular: true },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'sources-import-no-tests',
      severity: 'error',
      from: { path: anySource, pathNot: '^packages/test-support/' },
      to: { path: '^(packages|apps)/[^/]+/test/|^packages/test-support/' },
    },
    {
      name: 'sources-import-installed-packages',
      comment: 'a development dependency is not there when the package is used',
      severity: 'error',
      from: { path: anySource },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['npm-peer', 'type-only'] },
    },

    ...oneFolder,
    ...oneFolderExceptForTypes,
    {
      name: 'oidc-provider-through-its-entry-point',
      comment: 'the files behind its public entry move between minor versions',
      severity: 'error',
      from: {},
      to: { path: '/node_modules/oidc-provider/(?!lib/index[.]js$)' },
    },

    {
      name: 'core-domain-imports-no-library',
      comment: 'the rules of the domain stand without HTTP, a database or the protocol library',
      severity: 'error',
      from: { path: `${core}/((${domainFolders}|limits)/|(${leaves})[.]ts$)` },
      to: { path: ['koa', '@koa/[^/]+', 'typeorm', 'oidc-provider'].map(packagePath) },
    },
    {
      name: 'core-domain-imports-inwards',
      severity: 'error',
      from: { path: `${core}/(${domainFolders})/` },
      to: { path: `${core}/((oidc|interactions|http|browser)/|(create-pocket|index|internal)[.]ts$)` },
    },
    ...domainOrder,
    {
      name: 'core-imports-no-store-implementation',
      comment:
        'typeorm, memory and testing are separate entry points: they import the ports, and nothing imports them; check-stores.ts compares the stores of a host with those in memory',
      severity: 'error',
      from: { path: core, pathNot: `${core}/((typeorm|memory|testing)/|composition/check-stores[.]ts$)` },
      to: { path: `${core}/(typeorm|memory|testing)/` },
    },
    {
      name: 'core-entry-points-are-separate',
      severity: 'error',
      from: { path: `${core}/(typeorm|memory|testing)/` },
      to: { path: `${core}/(typeorm|memory|testing)/`, pathNot: `${core}/$1/` },
    },

    {
      name: 'core-through-its-entry-points',
      comment: 'import @pocket/core, @pocket/core/errors and so on, never a path',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: '^packages/core/' },
      to: { path: '^packages/core/', dependencyTypes: ['local'] },
    },
    {
      name: 'directory-through-its-entry-points',
      comment: 'import @pocket/directory and so on, never a path',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: '^packages/directory/' },
      to: { path: '^packages/directory/', dependencyTypes: ['local'] },
    },
    {
      name: 'core-imports-no-other-package',
      severity: 'error',
      from: { path: core },
      to: { path: '^(packages/directory|apps)/' },
    },
    {
      name: 'api-client-through-its-entry-point',
      comment: 'import @pocket/api-client, never a path',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: '^packages/api-client/' },
      to: { path: '^packages/api-client/', dependencyTypes: ['local'] },
    },
    {
      name: 'api-client-imports-no-other-package',
      comment: 'it knows the API by its document, as everybody does, so that it can be installed without the rest',
      severity: 'error',
      from: { path: '^packages/api-client/' },
      to: { path: '^(apps|packages/(core|directory))/' },
    },
    {
      name: 'sources-do-not-import-the-api-client',
      severity: 'error',
      from: { path: anySource, pathNot: '^packages/api-client/' },
      to: { path: '^packages/api-client/' },
    },
    {
      name: 'directory-does-not-import-the-server',
      severity: 'error',
      from: { path: '^packages/directory/' },
      to: { path: '^apps/' },
    },

    {
      name: 'server-makes-no-protocol-decision',
      comment: 'who someone is and what a client may be told is decided in core',
      severity: 'error',
      from: { path: '^apps/server/src/' },
      to: { path: ['oidc-provider', '@simplewebauthn/server', 'jose'].map(packagePath) },
    },
    {
      name: 'server-platform-knows-no-noun',
      severity: 'error',
      from: { path: `${server}/(${platform.join('|')})/` },
      to: { path: `${server}/`, pathNot: `${server}/(${platform.join('|')})/` },
    },
    {
      name: 'server-services-know-no-noun',
      severity: 'error',
      from: { path: `${server}/(${services.join('|')})/` },
      to: { path: `${server}/`, pathNot: `${server}/(${[...platform, ...services].join('|')})/` },
    },
    {
      name: 'server-nouns-know-no-composition',
      severity: 'error',
      from: { path: `${server}/[^/]+/`, pathNot: `${server}/(composition|cli)/` },
      to: { path: `${server}/((composition|cli)/|[^/]+$)` },
    },
    {
      name: 'server-composition-knows-no-entry-point',
      severity: 'error',
      from: { path: `${server}/composition/` },
      to: { path: `${server}/(cli/|[^/]+$)` },
    },
    {
      name: 'telemetry-is-loaded-only-when-on',
      comment: 'its libraries cost memory and start-up time: cli/start.ts imports them dynamically',
      severity: 'error',
      from: { path: `${server}/`, pathNot: `${server}/telemetry/` },
      to: {
        path: `${server}/telemetry/`,
        pathNot: `${server}/telemetry/channels[.]ts$`,
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    {
      name: 'server-composition-creates-stores',
      comment: 'nouns name a store as a type; the composition root creates it',
      severity: 'error',
      from: { path: `${server}/`, pathNot: `${server}/(composition|files)/` },
      to: { path: `${server}/.*-store[.]ts$`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'server-nouns-meet-in-app',
      comment: 'api.ts and page.ts import the use case of their noun; nothing but the composition root imports them',
      severity: 'error',
      from: {
        path: '^apps/server/src/',
        pathNot: '^apps/server/src/(composition/)',
      },
      to: { path: '^apps/server/src/[^/]+/(api|page)[.]ts$', pathNot: '^apps/server/src/http/' },
    },
    {
      name: 'browser-code-runs-in-a-browser',
      severity: 'error',
      from: { path: `^apps/server/web/|${core}/browser/` },
      to: { path: '^apps/server/src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'browser-code-uses-no-node',
      severity: 'error',
      from: { path: `^apps/server/web/|${core}/browser/` },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API for other programs; swc reads the same syntax and tells type imports apart.
    parser: 'swc',
    // Examples are installed on their own.
    exclude: { path: '^(packages|apps)/[^/]+/(dist|examples)/' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['pocket-source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
}

// Matches the bare name as well, which is the path of a package that is not installed.
function packagePath(name) {
  return `(^|/node_modules/)${name}(/|$)`
}

// The visitor of swc does not know `using` declarations yet, and refuses every file that has one.
const { visitStatement } = Visitor.prototype
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement)
  statement.decls = this.visitVariableDeclarators(statement.decls)
  return statement
}
