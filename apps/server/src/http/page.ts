import type { IncomingMessage } from 'node:http'
import type { ClientOrigin, Clock } from '@pocket/core'
import type { Context } from 'koa'
import views from 'koa-views'
import type { Assets } from './assets.ts'
import type { Catalogs } from './catalogs.ts'
import { distinctName } from './choices.ts'
import { allowCompression } from './compression.ts'
import { deviceNames } from './device.ts'
import { showLanguageMarks } from './language-marks.ts'
import type { Messages } from './messages.ts'
import type { PageModel } from './page-models.ts'
import type { PagePictures } from './page-pictures.ts'
import { type Preferences, preferencesOf } from './preferences.ts'
import { type RailCounts, rail } from './rail.ts'

/** Renders a page as a complete HTML document with the preferences of the request. Compatible with core's `RenderView`. */
export type RenderPage = (page: PageModel, req: IncomingMessage) => Promise<string>

export interface PageRendererOptions {
  /** The absolute path of `views/`. */
  readonly viewsDirectory: string
  readonly assets: Assets
  readonly catalogs: Catalogs
  /** The origin that passkeys are bound to. */
  readonly issuer: string
  readonly appName: () => Promise<string>
  readonly pictures: PagePictures
  /** For the navigation of administrators. */
  readonly railCounts: () => Promise<RailCounts>
  /** The URL of the style sheet with the custom appearance; `null` if there is none. */
  readonly appearance: (background: string | null) => Promise<string | null>
  /** Names the location of an IP address in the language of a page. */
  readonly locationNames: (messages: Messages) => (ipAddress: string | null) => string
  /** The fields of the page's object that a configuration file declares; `null` if none are. */
  readonly managed: (path: string, viewerId: string) => Promise<ManagedNote | null>
  /** How a user who lost all passkeys recovers the account; `null` if the settings allow neither. */
  readonly recovery: () => Promise<'by-email' | 'by-code' | null>
  /** For relative times such as “3 hours ago”. */
  readonly clock: Clock
}

/** The note on a page about an object that a configuration file declares. */
export interface ManagedNote {
  readonly file: string
  readonly fields: readonly string[]
}

const noCounts: RailCounts = { approvals: 0 }
const noPictures = { favicon: null, logo: null, background: null, client: null }

/** The names that templates see. The page model is below `page`, because EJS reads its options from the same object. */
const templateNames = [
  'page',
  't',
  'asset',
  'icon',
  'when',
  'where',
  'deviceName',
  'initials',
  'distinctName',
  'appName',
  'issuer',
  'appearance',
  'rail',
  'railCounts',
  'pictures',
  'preferences',
  'managed',
  'recovery',
]

/** Compiles each template once. The only module that uses koa-views and EJS. */
export function createPageRenderer(options: PageRendererOptions): RenderPage {
  const { viewsDirectory, assets, catalogs, issuer, appName, appearance } = options
  const { pictures, locationNames, railCounts: countForRail, clock, managed, recovery } = options
  const translators = new Map<Messages, object>()
  const localHelpers = (messages: Messages): object => {
    const cached = translators.get(messages)
    if (cached) return cached
    const helpers = {
      t: createTranslator(messages),
      when: createTimeFormatter(messages.language, clock),
      where: locationNames(messages),
      deviceName: deviceNames(messages),
    }
    translators.set(messages, helpers)
    return helpers
  }
  const locals = { asset: assets.path, icon: assets.icon, initials, distinctName, rail, issuer }
  const render = createTemplates(viewsDirectory, templateNames)
  const loadAppearance = async (
    client: { readonly id: string; readonly origin?: Pick<ClientOrigin, 'isKnown'> } | null,
  ) => {
    // A self-registered client chooses its own logo, so it is shown only after an administrator has approved the client.
    const logo = client && isKnown(client) ? await pictures.client(client.id) : null
    const pagePictures = { ...(await pictures.instance()), client: logo }
    lastAppName = await appName()
    return { pictures: pagePictures, appName: lastAppName, appearance: await appearance(pagePictures.background) }
  }
  let lastAppName = 'Pocket'
  return async (page, req) => {
    allowCompression(req, page)
    const appearanceLocals =
      'isOffline' in page || ('code' in page && page.code === 'database_unavailable')
        ? { pictures: noPictures, appName: lastAppName, appearance: null }
        : await loadAppearance('client' in page ? page.client : null)
    const { language, accepted, theme, here } = preferencesOf(req)
    const { marked } = catalogs.inPreferredLanguage(preferredLanguages(page, { language, accepted }))
    const html = await render(`pages/${page.view}`, {
      ...locals,
      ...localHelpers(marked),
      ...appearanceLocals,
      page,
      recovery: page.view === 'sign-in' ? await recovery() : null,
      managed: 'viewer' in page ? await managed(here, page.viewer.id) : null,
      railCounts: 'viewer' in page && page.viewer.isAdmin ? await countForRail() : noCounts,
      preferences: { languages: catalogs.languages, theme, here },
    })
    return showLanguageMarks(html)
  }
}

function isKnown(client: { readonly origin?: Pick<ClientOrigin, 'isKnown'> } | { readonly id: string }): boolean {
  return !('origin' in client) || client.origin?.isKnown !== false
}

/** In order: the choice in this browser, the request of the client, the account setting, the browser's languages. */
function preferredLanguages(
  page: PageModel,
  { language, accepted }: Pick<Preferences, 'language' | 'accepted'>,
): readonly string[] {
  const requested = 'languages' in page ? page.languages : []
  const accountLanguage = 'viewer' in page ? page.viewer.locale : null
  return [language, ...(requested ?? []), accountLanguage, ...accepted].filter((tag) => tag !== null)
}

export type RenderTemplate = (name: string, locals: object) => Promise<string>

/**
 * Renders templates that see only `names`. koa-views adds `render` to a context but needs no request, so a plain object replaces
 * the context.
 *
 * @param viewsDirectory - absolute path
 */
export function createTemplates(viewsDirectory: string, names: readonly string[]): RenderTemplate {
  const renderContext: { state: object; response: object; render?: RenderTemplate } = { state: {}, response: {} }
  const middleware = views(viewsDirectory, {
    autoRender: false,
    extension: 'ejs',
    options: { cache: true, strict: true, destructuredLocals: [...names], root: viewsDirectory, rmWhitespace: true },
  })
  // The middleware uses only these members; Koa's type requires a full context.
  void middleware(renderContext as unknown as Context & { render: never }, async () => {})
  const { render } = renderContext
  if (render === undefined) throw new Error('koa-views has not added its render function.')
  // With the extension, since koa-views would first look for a file without it.
  return (name, locals) => render.call(renderContext, `${name}.ejs`, locals)
}

/** Fields that share the error messages of another one. */
const validatedLike: Readonly<Record<string, string>> = {
  initiateLoginUri: 'backchannelLogoutUri',
  passkeyDeniedModelsAdd: 'passkeyAllowedModelsAdd',
  postLogoutRedirectUris: 'redirectUris',
  protectedHosts: 'address',
  refreshTokenDurationMinutes: 'accessTokenDurationMinutes',
  smtpPassword: 'ldapBindPassword',
}

/** What changed, by the beginning of an outcome such as `access_saved`. */
const outcomeLabels: Readonly<Record<string, string>> = {
  access: 'list.labels.access',
  clients: 'frame.rail.clients',
  code: 'kinds.login_code',
  end: 'groupForm.memberEnd',
  groups: 'list.labels.groups',
  invitation: 'signInLink.invitation',
  keys: 'settings.keys.title',
  logo: 'client.logos.title',
  metadata: 'passkeyPolicy.metadata.title',
  passkey: 'kinds.passkey',
  picture: 'kinds.picture',
  recovery: 'settings.groups.recovery.title',
  redirect_uri: 'clientForm.labels.redirectUris',
  secret: 'kinds.client_secret',
  session: 'settings.groups.sessions.title',
  sessions: 'settings.groups.sessions.title',
}

/** `t('key', values)` returns text; its members provide the other functions. */
function createTranslator(messages: Messages) {
  const { text, parts, has, language } = messages
  /** The message for a code, or the fallback message of the prefix. */
  const messageKey = (prefix: string, code: string, fallback: string): string =>
    has(`${prefix}.${code}`) ? `${prefix}.${code}` : `${prefix}.${fallback}`
  /** The error message of a field: specific to the field, or generic. */
  const field = (name: string, code: string, values = {}): string => {
    const key = `fields.${validatedLike[name] ?? name}.${code}`
    return text(has(key) ? key : messageKey('fields.any', code, 'invalid'), values)
  }
  /** The title or text of an error code. The text is empty if the title says everything. */
  const error = (code: string, part: 'title' | 'text'): string => {
    const known = has(`errors.${code}.title`) ? code : 'fallback'
    return has(`errors.${known}.${part}`) ? text(`errors.${known}.${part}`) : ''
  }
  /** The first of these messages that exists. */
  const firstOf = (...keys: readonly string[]): string => text(keys.find(has) ?? keys.join())
  /** The outcome of a form: its own message, or the act and what changed, such as "Removed: Passkey · iPhone". */
  const done = (key: string, { name = '' }: { readonly name?: string } = {}) => {
    if (has(key)) return parts(key, { name })
    const [, subject = '', word = ''] = /\.(?:(\w+)_)?([a-z]+)$/.exec(key) ?? []
    const label = firstOf(`done.${word === 'created' ? 'added' : word}`, 'done.done')
    const labelKey = outcomeLabels[subject]
    const changed = [...new Set([labelKey === undefined ? '' : text(labelKey), name])].filter(Boolean).join(' · ')
    const counted = parts('frame.counted', { label, count: changed })
    return counted.map((part) => ({ ...part, isValue: part.isValue && part.name !== 'label' }))
  }
  const numbers = new Intl.NumberFormat(language)
  const number = (value: number): string => numbers.format(value)
  return Object.assign(text, messages, { field, error, done, firstOf, number })
}

/** Formats an instant independently of the time zone: the date may be off by one day. */
function createTimeFormatter(language: string, clock: Clock) {
  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'always' })
  const now = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(0, 'second')
  const durations = new Map(
    (['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'] as const).map((unit) => [
      unit,
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }),
    ]),
  )
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ] as const
  return {
    iso: (at: number) => new Date(at).toISOString(),
    date: (at: number) => dates.format(at),
    dates: (from: number, to: number) => dates.formatRange(from, to),
    /** “in 3 minutes”; `seconds` from now. */
    ahead: (seconds: number) =>
      seconds < 90 ? relative.format(seconds, 'second') : relative.format(Math.ceil(seconds / 60), 'minute'),
    /** “6 months”. */
    duration: (count: number, unit: 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute') =>
      durations.get(unit)?.format(count) ?? '',
    /** “5 minutes” for a duration in milliseconds, in the largest unit that fits. */
    span: (length: number) => {
      const [unit, size] = units.find(([, unitSize]) => length >= unitSize) ?? (['millisecond', 1] as const)
      return durations.get(unit)?.format(Math.round(length / size)) ?? ''
    },
    /** “in 3 hours” for a future instant, “now” for a past one. */
    until: (at: number) => {
      const remaining = at - clock.now()
      if (remaining < 1000) return now
      const [unit, length] = units.find(([, size]) => remaining >= size) ?? units[3]
      return relative.format(Math.round(remaining / length), unit)
    },
    /** “now” within the last second, “3 hours ago” within the last month, otherwise the date. */
    ago: (at: number) => {
      const elapsed = clock.now() - at
      if (elapsed < 1000) return now
      const [unit, length] = units.find(([, size]) => elapsed >= size) ?? units[3]
      return elapsed > 30 * units[0][1] ? dates.format(at) : relative.format(-Math.floor(elapsed / length), unit)
    },
  }
}

/** One or two initials of a name: “AK” for Anna Koch, “Im” for Immich. */
function initials(name: string): string {
  const nameParts = name.trim().split(/\s+/)
  const [first = '', second = ''] = [...name.trim()]
  const [last = ''] = [...(nameParts.at(-1) ?? '')]
  return nameParts.length > 1 ? (first + last).toUpperCase() : first.toUpperCase() + second
}
