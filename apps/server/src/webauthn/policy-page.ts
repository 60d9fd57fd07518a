import type { FieldError } from '@pocket/core/errors'
import { authenticatorModels } from '@pocket/core/internal'
import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { pageActor } from '../access/actor.ts'
import type { PageDeps } from '../http/deps.ts'
import { formText } from '../http/form.ts'
import { runFormAction, submittedVersion } from '../http/form-page.ts'
import { type PageRoute, route } from '../http/page-routes.ts'
import { seeOther } from '../http/show-page.ts'
import { viewerOf } from '../http/viewer.ts'
import { validChanges } from '../settings/changes.ts'
import type { SettingValues } from '../settings/definitions.ts'
import { lockOf } from '../settings/pages/section-form.ts'
import { type Settings, settingsValidator } from '../settings/settings.ts'
import { type Compliance, checkCompliance } from './compliance.ts'
import type { PasskeyPolicyPage } from './page-model.ts'
import {
  modelItem,
  type PolicyValues,
  policyChanges,
  policyDifferences,
  policyFrom,
  policyKeys,
  readValues,
  startsRejecting,
  storedValues,
} from './policy-form.ts'

interface PolicyPageState {
  readonly values?: PolicyValues
  readonly problems?: readonly FieldError[]
  readonly version?: string
  readonly isConflict?: boolean
}

const pagePath = '/settings/admin/passkeys'
const notices = ['saved', 'metadata_read', 'metadata_failed'] as const

export function passkeyPolicyPages(deps: PageDeps & { readonly settings: Settings }): readonly PageRoute[] {
  const { pocket, settings, messagesFor, show, flashes } = deps
  const { authenticatorMetadata } = pocket
  const complianceOf = (values: PolicyValues, current: SettingValues) =>
    checkCompliance(
      policyFrom(values, current),
      (afterId, limit) => pocket.passkeys.page(afterId, limit),
      policyFrom(storedValues(current), current),
    )

  const showPolicy = async (
    ctx: Context,
    user: User,
    { values, problems = [], version, isConflict = false }: PolicyPageState = {},
  ) => {
    const current = await settings.present()
    const { choices, models } = values ?? storedValues(current)
    const { passkeys, nonCompliant } = await complianceOf(storedValues(current), current)
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
      version: version ?? settingsValidator(current, policyKeys),
      conflict:
        isConflict && values ? policyDifferences(storedValues(current), values, messagesFor(ctx.req, user)) : null,
      problems,
      notice: noticeOf(flashes.consume(ctx, pagePath)),
    })
  }

  const review = async (ctx: Context, user: User, values: PolicyValues, compliance: Compliance) =>
    show(ctx, {
      view: 'passkey-policy-review',
      viewer: viewerOf(user),
      passkeys: compliance.passkeys,
      nonCompliant: compliance.nonCompliant,
      reasons: Object.entries(compliance.problems).flatMap(([problem, count]) =>
        // The cast is safe: `Object.entries` only loses the keys.
        count > 0 ? [{ problem: problem as keyof Compliance['problems'], count }] : [],
      ),
      users: compliance.users,
      without: compliance.usersWithoutCompliant.length,
      withoutViewer: compliance.usersWithoutCompliant.includes(user.id),
      nonCompliance: values.choices.passkeyNonCompliance,
      locked: lockOf('passkeyNonCompliance', settings),
      fields: fieldsOf(values),
      version: formText(ctx, 'version', 100),
    })

  const save = async (ctx: Context, user: User, values: PolicyValues): Promise<void> => {
    const actor = { ...pageActor(user, ctx), ...submittedVersion(ctx) }
    await settings.change(actor, validChanges(policyChanges(values)), { keys: policyKeys })
  }

  const pages = {
    show: (ctx: Context, user: User) => showPolicy(ctx, user),

    async save(ctx: Context, user: User) {
      const current = await settings.present()
      const before = storedValues(current)
      const { values, problems } = readValues(ctx, before)
      const { ifMatch: version } = submittedVersion(ctx)
      const basedOn = version === undefined ? {} : { version }
      if (problems.length > 0) {
        await showPolicy(ctx, user, { values, problems, ...basedOn })
        ctx.status = 400
        return
      }
      if (version !== undefined && version !== settingsValidator(current, policyKeys)) {
        await showPolicy(ctx, user, { values, isConflict: true })
        ctx.status = 412
        return
      }
      const isReviewed = formText(ctx, 'reviewed', 10) === 'yes'
      const compliance = await complianceOf(values, current)
      const isTightened =
        compliance.newlyNonCompliant > 0 || (compliance.nonCompliant > 0 && startsRejecting(before, values))
      if (isTightened && !isReviewed) return review(ctx, user, values, compliance)
      const refusal = await runFormAction(() => save(ctx, user, values))
      if (refusal) {
        if (refusal.isConflict) await showPolicy(ctx, user, { values, isConflict: true })
        else await showPolicy(ctx, user, { values, problems: refusal.problems, ...basedOn })
        ctx.status = refusal.status
        return
      }
      flashes.set(ctx, pagePath, { done: 'saved' })
      seeOther(ctx, pagePath)
    },

    async readMetadata(ctx: Context) {
      const outcome = await authenticatorMetadata.refresh().then(
        () => 'metadata_read',
        () => 'metadata_failed',
      )
      flashes.set(ctx, pagePath, { done: outcome })
      seeOther(ctx, pagePath)
    },
  }

  return [
    route.get(pagePath, pages.show),
    route.post(pagePath, pages.save),
    route.post(`${pagePath}/metadata`, pages.readMetadata),
  ]
}

/** Everything except the fields of the review itself. */
function fieldsOf({ choices, models }: PolicyValues) {
  const choiceFields = Object.entries(choices).filter(([name]) => name !== 'passkeyNonCompliance')
  const listFields = Object.entries(models).map(([name, list]) => [name, list.join(',')] as const)
  return [...choiceFields, ...listFields].map(([name, value]) => ({ name, value }))
}

function noticeOf({ done }: Readonly<Record<string, unknown>>): PasskeyPolicyPage['notice'] {
  return notices.find((notice) => notice === done) ?? null
}
