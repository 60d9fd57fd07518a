import type { Context } from 'koa'
import { jsonObject } from '../http/form.ts'
import { userDto } from '../users/user-dto.ts'
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
