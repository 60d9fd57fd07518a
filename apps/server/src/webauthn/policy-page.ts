import { authenticatorModels, type Pocket, type Transaction } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import type { Authentication } from '../http/authentication.ts'
import type { Flashes } from '../http/flash.ts'
import { formText } from '../http/form.ts'
import { refusalOf } from '../http/form-page.ts'
import { type ShowPage, seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import type { OwnSettings } from '../settings/own/settings.ts'
import { lockOf } from '../settings/pages/section-form.ts'
import type { Settings } from '../settings/settings.ts'
import { pageActor } from '../users/actor.ts'
import { type Compliance, complianceWith } from './compliance.ts'
import type { PasskeyPolicyPage } from './page-model.ts'
import {
  contractChanges,
  modelItem,
  ownChanges,
  type PolicyValues,
  policyFrom,
  policyKeys,
  type StoredPolicy,
  sentValues,
  storedValues,
} from './policy-form.ts'

export interface PasskeyPolicyPagePorts {
  readonly pocket: Pick<Pocket, 'passkeys' | 'authenticatorMetadata'>
  readonly settings: Settings
  readonly ownSettings: OwnSettings
  readonly transaction: Transaction
  readonly authentication: Authentication
  readonly show: ShowPage
  readonly flashes: Flashes
}

const here = '/settings/admin/passkeys'
const notices = ['saved', 'metadata_read', 'metadata_failed'] as const

/** `/settings/admin/passkeys`: which passkeys are accepted, and what becomes of those that were accepted before. */
export function passkeyPolicyPages(ports: PasskeyPolicyPagePorts) {
  const { pocket, settings, ownSettings, transaction, authentication, show, flashes } = ports
  const { authenticatorMetadata } = pocket
  const stored = async (): Promise<StoredPolicy> => ({
    contract: await settings.values(),
    own: await ownSettings.values(),
  })
  const standing = (values: PolicyValues, present: StoredPolicy) =>
    complianceWith(policyFrom(values, present), (after, limit) => pocket.passkeys.page(after, limit))

  const showPolicy = async (
    ctx: Context,
    user: User,
    { values, problems = [] }: { readonly values?: PolicyValues; readonly problems?: readonly FieldError[] } = {},
  ) => {
    const present = await stored()
    const { choices, models } = values ?? storedValues(present)
    const { passkeys, nonCompliant } = await standing(storedValues(present), present)
    const locks = policyKeys.map((key) => [key, lockOf(key, settings, ownSettings)] as const)
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
      problems,
      notice: noticeOf(flashes.take(ctx, here)),
    })
  }

  const review = async (ctx: Context, user: User, values: PolicyValues, after: Compliance, dayProblem: string | null) =>
    show(ctx, {
      view: 'passkey-policy-review',
      viewer: viewerOf(user),
      passkeys: after.passkeys,
      nonCompliant: after.nonCompliant,
      reasons: Object.entries(after.problems).flatMap(([problem, count]) =>
        // A cast, since entries forget the names.
        count > 0 ? [{ problem: problem as keyof Compliance['problems'], count }] : [],
      ),
      users: after.users,
      without: after.usersWithoutCompliant.length,
      withoutViewer: after.usersWithoutCompliant.includes(user.id),
      nonCompliance: values.choices.passkeyNonCompliance,
      from: values.choices.passkeyNonComplianceFrom,
      fields: fieldsOf(values),
      dayProblem,
    })

  const save = async (ctx: Context, user: User, values: PolicyValues) => {
    const actor = pageActor(user, ctx)
    await transaction(async () => {
      await ownSettings.change(actor, ownChanges(values))
      if (settings.uiConfigDisabled) return
      await settings.change(actor, contractChanges(values))
    })
  }

  return {
    async show(ctx: Context) {
      await showPolicy(ctx, await authentication.requireAdministrator(ctx))
    },

    async save(ctx: Context) {
      const user = await authentication.requireAdministrator(ctx)
      const present = await stored()
      const before = storedValues(present)
      const { values, problems } = sentValues(ctx, before)
      if (problems.length > 0) {
        await showPolicy(ctx, user, { values, problems })
        ctx.status = 400
        return
      }
      const isReviewed = formText(ctx, 'reviewed', 10) === 'yes'
      const after = await standing(values, present)
      const tightens = after.nonCompliant > (await standing(before, present)).nonCompliant
      if (tightens && !isReviewed) return review(ctx, user, values, after, null)
      const refusal = await refusalOf(() => save(ctx, user, values))
      if (refusal) {
        const day = refusal.problems.find(({ field }) => field === 'passkeyNonComplianceFrom')
        if (isReviewed && day) await review(ctx, user, values, after, day.code)
        else await showPolicy(ctx, user, { values, problems: refusal.problems })
        ctx.status = refusal.status
        return
      }
      flashes.leave(ctx, here, { done: 'saved' })
      seeOther(ctx, here)
    },

    async readMetadata(ctx: Context) {
      await authentication.requireAdministrator(ctx)
      const done = await authenticatorMetadata.refresh().then(
        () => 'metadata_read',
        () => 'metadata_failed',
      )
      flashes.leave(ctx, here, { done })
      seeOther(ctx, here)
    },
  }
}

/** Everything but what the review asks for itself. */
function fieldsOf({ choices, models }: PolicyValues) {
  const chosen = Object.entries(choices).filter(([name]) => !name.startsWith('passkeyNonCompliance'))
  const listed = Object.entries(models).map(([name, list]) => [name, list.join(',')] as const)
  return [...chosen, ...listed].map(([name, value]) => ({ name, value }))
}

function noticeOf({ done }: Readonly<Record<string, unknown>>): PasskeyPolicyPage['notice'] {
  return notices.find((notice) => notice === done) ?? null
}
