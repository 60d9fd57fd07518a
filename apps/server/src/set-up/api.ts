import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { jsonObject } from '../http/form.ts'
import type { SetUp } from './set-up.ts'

/** `/api/signup/setup`. */
export function setUpApi(setUp: SetUp) {
  return {
    async available(ctx: Context) {
      await setUp.assertOpen()
      ctx.status = 204
    },

    async create(ctx: Context) {
      ctx.body = userDto(await setUp.withoutPasskey(ctx, jsonObject(ctx)))
    },
  }
}

/** A user as the REST API answers with. */
function userDto(user: User) {
  return {
    id: user.id,
    username: user.userName,
    email: user.email,
    emailVerified: user.emailVerified,
    firstName: user.firstName,
    lastName: user.lastName,
    displayName: user.displayName,
    isAdmin: user.administrator,
    locale: user.locale,
    customClaims: [],
    userGroups: [],
    ldapId: null,
    disabled: user.disabled,
  }
}
