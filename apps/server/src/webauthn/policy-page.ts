import type { Pocket } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import { authenticatorModels } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import { formText } from '../http/form.ts'
import { refusalOf, versionSent } from '../http/form-page.ts'
import type { PageRoute } from '../http/page-routes.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { validChanges } from '../settings/changes.ts'
import type { SettingValues } from '../settings/definitions.ts'
import { lockOf } from '../settings/pages/section-form.ts'
import { type Settings, settingsValidator } from '../settings/settings.ts'
import { type Compliance, complianceWith } from './compliance.ts'
import type { PasskeyPolicyPage } from './page-model.ts'
import {
  modelItem,
  type PolicyValues,
  policyChanges,
  policyDifferences,
  policyFrom,
  policyKeys,
  sentValues,
  startsRejecting,
  storedValues,
} from './policy-form.ts'

export interface PasskeyPolicyPagePorts {
  readonly pocket: Pick<Pocket, 'passkeys' | 'authenticatorMetadata'>
  readonly settings: Settings
  readonly authentication: Authentication
  readonly show: ShowPage
  readonly flashes: Flashes
  /** Requires re-authentication with a passkey. */
}

interface PolicyAnswer {
  readonly values?: PolicyValues
  readonly problems?: readonly FieldError[]
  /** The version that a rejected form was based on. */
  readonly version?: string
  readonly isConflict?: boolean
}

const here = '/settings/admin/passkeys'
const notices = ['saved', 'metadata_read', 'metadata_failed'] as const

/** `/settings/admin/passkeys`: which passkeys are accepted, and how non-compliant existing ones are treated. */
export function passkeyPolicyPages(ports: PasskeyPolicyPagePorts): readonly PageRoute[] {
  const { pocket, settings, authentication, show, flashes } = ports
  const { authenticatorMetadata } = pocket
  const standing = (values: PolicyValues, present: SettingValues) =>
    complianceWith(
      policyFrom(values, present),
      (after, limit) => pocket.passkeys.page(after, limit),
      policyFrom(storedValues(present), present),
    )

  const showPolicy = async (
    ctx: Context,
    user: User,
    { values, problems = [], version, isConflict = false }: PolicyAnswer = {},
  ) => {
    const present = await settings.present()
    const { choices, models } = values ?? storedValues(present)
    const { passkeys, nonCompliant } = await standing(storedValues(present), present)
    const locks = policyKeys.map((key) => [key, lockOf(key, settings)] as const)
    await show(ctx, {
      view: 'passkey-policy',
      viewer: viewerOf(user),
      choices,
      models: {
        passkeyAllowedModels: models.passkeyAllowedModels.map(modelItem),
        passkeyDeniedModels: models.passkeyDeniedModels.map(modelItem),
      },
      known: authenticatorModels(),
      locked: new Map(locks.flatMap(([key, variable]) => (variable === null ? [] : [[key, variable] as const]))),
      compliance: { passkeys, nonCompliant },
      metadata: authenticatorMetadata.state(),
      version: version ?? settingsValidator(present, policyKeys),
      conflict: isConflict && values ? policyDifferences(storedValues(present), values) : null,
      problems,
      notice: noticeOf(flashes.take(ctx, here)),
    })
  }

  const review = async (ctx: Context, user: User, values: PolicyValues, after: Compliance) =>
    show(ctx, {
      view: 'passkey-policy-review',
      viewer: viewerOf(user),
      passkeys: after.passkeys,
      nonCompliant: after.nonCompliant,
      reasons: Object.entries(after.problems).flatMap(([problem, count]) =>
        // The cast is safe: `Object.entries` only loses the keys.
        count > 0 ? [{ problem: problem as keyof Compliance['problems'], count }] : [],
      ),
      users: after.users,
      without: after.usersWithoutCompliant.length,
      withoutViewer: after.usersWithoutCompliant.includes(user.id),
      nonCompliance: values.choices.passkeyNonCompliance,
      locked: lockOf('passkeyNonCompliance', settings),
      fields: fieldsOf(values),
      version: formText(ctx, 'version', 100),
    })

  const save = async (ctx: Context, user: User, values: PolicyValues): Promise<void> => {
    const actor = { ...pageActor(user, ctx), ...versionSent(ctx) }
    await settings.change(actor, validChanges(policyChanges(values)), { keys: policyKeys })
  }

  const pages = {
    async show(ctx: Context) {
      await showPolicy(ctx, await authentication.requireUser(ctx))
    },

    async save(ctx: Context) {
      const user = await authentication.requireUser(ctx)
      const present = await settings.present()
      const before = storedValues(present)
      const { values, problems } = sentValues(ctx, before)
      const { ifMatch: version } = versionSent(ctx)
      const basedOn = version === undefined ? {} : { version }
      if (problems.length > 0) {
        await showPolicy(ctx, user, { values, problems, ...basedOn })
        ctx.status = 400
        return
      }
      if (version !== undefined && version !== settingsValidator(present, policyKeys)) {
        await showPolicy(ctx, user, { values, isConflict: true })
        ctx.status = 412
        return
      }
      const isReviewed = formText(ctx, 'reviewed', 10) === 'yes'
      const after = await standing(values, present)
      const tightens = after.newlyNonCompliant > 0 || (after.nonCompliant > 0 && startsRejecting(before, values))
      if (tightens && !isReviewed) return review(ctx, user, values, after)
      const refusal = await refusalOf(() => save(ctx, user, values))
      if (refusal) {
        if (refusal.isConflict) await showPolicy(ctx, user, { values, isConflict: true })
        else await showPolicy(ctx, user, { values, problems: refusal.problems, ...basedOn })
        ctx.status = refusal.status
        return
      }
      flashes.leave(ctx, here, { done: 'saved' })
      seeOther(ctx, here)
    },

    async readMetadata(ctx: Context) {
      const done = await authenticatorMetadata.refresh().then(
        () => 'metadata_read',
        () => 'metadata_failed',
      )
      flashes.leave(ctx, here, { done })
      seeOther(ctx, here)
    },
  }

  return [
    { method: 'get', path: here, handle: pages.show },
    { method: 'post', path: here, handle: pages.save },
    { method: 'post', path: `${here}/metadata`, handle: pages.readMetadata },
  ]
}

/** Everything except the fields of the review itself. */
function fieldsOf({ choices, models }: PolicyValues) {
  const chosen = Object.entries(choices).filter(([name]) => name !== 'passkeyNonCompliance')
  const listed = Object.entries(models).map(([name, list]) => [name, list.join(',')] as const)
  return [...chosen, ...listed].map(([name, value]) => ({ name, value }))
}

function noticeOf({ done }: Readonly<Record<string, unknown>>): PasskeyPolicyPage['notice'] {
  return notices.find((notice) => notice === done) ?? null
}
