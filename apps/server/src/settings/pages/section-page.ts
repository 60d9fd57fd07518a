import type { FieldError } from '@pocket/core/errors'
import { ldapPresets, type User } from '@pocket/directory'
import type { Context } from 'koa'
import { pickedGroups } from '../../http/choices.ts'
import type { Difference } from '../../http/form-page.ts'
import { viewerOf } from '../../http/viewer.ts'
import { fieldsOf, keysOf, type SectionName, type SettingField, type SettingValues, sections } from '../definitions.ts'
import { settingsValidator } from '../settings.ts'
import type { SettingPageDeps } from './deps.ts'
import type { OidcPart, SettingsPage, TokenFormValues } from './page-model.ts'
import { type Entered, lockOf, shownSettings } from './section-form.ts'

export const settingsPath = '/settings/admin/application-configuration'
const defaultToken: TokenFormValues = { description: '', uses: '1', lifetime: 'hour' }

/** The page state in addition to the stored settings. */
export interface SectionAnswer {
  readonly status?: number
  readonly entered?: Entered
  readonly problems?: readonly FieldError[]
  readonly version?: string
  readonly isConflict?: boolean
  readonly notice?: SettingsPage['notice']
  readonly test?: SettingsPage['test']
  readonly newToken?: OidcPart['newToken']
  /** The ID of a directory preset to fill in. */
  readonly preset?: string
  readonly token?: TokenFormValues
}

export interface SectionPage {
  show(ctx: Context, user: User, section: SectionName, answer?: SectionAnswer): Promise<void>
  isFree(field: SettingField): boolean
}

export function createSectionPage(deps: SettingPageDeps): SectionPage {
  const { pocket, directory, settings, applicationImages, initialAccessTokens, lastEmail, ldapStatus, show } = deps
  const lock = ({ key }: SettingField) => lockOf(key, settings)

  const listGroups = async (fields: readonly SettingField[], ...values: readonly Entered[]) => {
    const keys = fields.flatMap(({ key, control }) => (control.kind === 'groups' ? [key] : []))
    const ids = values.flatMap((entered) => keys.flatMap((key): string[] => JSON.parse(entered.get(key) || '[]')))
    return pickedGroups(ids.length === 0 ? [] : await directory.groups.list([...new Set(ids)]))
  }

  const oidcPart = async ({ newToken = null, token = defaultToken }: SectionAnswer): Promise<OidcPart> => ({
    tokens: (await initialAccessTokens.list()).map(({ tokenHash: _, ...rest }) => rest),
    newToken,
    token,
    keys: await pocket.signingKeys(),
  })

  const emailStatus = async ({ smtpHost, smtpFrom }: SettingValues) => {
    if (smtpHost === '' || smtpFrom === '') return { status: 'off', statusAt: null }
    const last = await lastEmail()
    return { status: last ? (last.succeeded ? 'sent' : 'failed') : 'untried', statusAt: last?.at ?? null }
  }

  /** The status of a section in one word, the suffix of a message key, and an instant in that message. */
  const findStatus = async (section: SectionName, values: SettingValues) => {
    switch (section) {
      case 'general':
        return { status: 'default', statusAt: null }
      case 'sign-up':
        return { status: values.allowUserSignups, statusAt: null }
      case 'email':
        return emailStatus(values)
      case 'ldap':
        return { status: values.ldapEnabled && values.ldapUrl !== '' ? await ldapStatus() : 'off', statusAt: null }
      case 'oidc':
        return { status: values.dynamicRegistration, statusAt: null }
    }
  }

  return {
    isFree: (field) => lock(field) === null,
    async show(ctx, user, section, answer = {}) {
      const { status = 200, entered, problems = [], isConflict = false, notice = null, test = null } = answer
      const present = await settings.present()
      const fields = fieldsOf(section)
      const shown = shownSettings(fields, present)
      const preset = section === 'ldap' ? ldapPresets.find(({ id }) => id === answer.preset) : undefined
      const presetValues: ReadonlyMap<string, string> = new Map(Object.entries(preset?.settings ?? {}))
      // Settings from the environment are not filled in.
      const presetValueOf = (field: SettingField) => (lock(field) === null ? presetValues.get(field.key) : undefined)
      await show(ctx, {
        view: 'settings',
        viewer: viewerOf(user),
        section,
        path: pathOf(section),
        ...(await findStatus(section, present)),
        groups: sections[section].map(({ name, fields: some }) => ({
          name,
          fields: some.map((field) => ({
            key: field.key,
            control: field.control,
            // A secret is not sent back, so that the page can be compressed.
            value:
              field.control.kind === 'secret'
                ? ''
                : (entered?.get(field.key) ?? presetValueOf(field) ?? shown.get(field.key) ?? ''),
            isSet: field.control.kind === 'secret' && present[field.key] !== '',
            locked: lock(field),
          })),
        })),
        uiConfigDisabled: settings.uiConfigDisabled,
        userGroups: await listGroups(fields, shown, entered ?? shown),
        problems,
        version: answer.version ?? settingsValidator(present, keysOf(section)),
        conflict: isConflict && entered ? differences(fields, shown, entered) : null,
        notice,
        oidc: section === 'oidc' ? await oidcPart(answer) : null,
        presets:
          section === 'ldap'
            ? { offered: ldapPresets.map(({ id, name }) => ({ id, name })), chosen: preset?.name ?? null }
            : null,
        images: section === 'general' ? await applicationImages.list() : [],
        test,
      })
      ctx.status = status
    },
  }
}

export function pathOf(section: SectionName): string {
  return section === 'general' ? settingsPath : `${settingsPath}/${section}`
}

/** The stored values that differ from the entered ones; secrets are never disclosed. */
function differences(fields: readonly SettingField[], shown: Entered, entered: Entered): readonly Difference[] {
  return fields.flatMap(({ key, control }) => {
    const now = shown.get(key) ?? ''
    return control.kind === 'secret' || !entered.has(key) || entered.get(key) === now
      ? []
      : [{ field: key, stored: now }]
  })
}
