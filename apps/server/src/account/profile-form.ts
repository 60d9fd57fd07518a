import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'
import { toUserBody, type UserBody } from '../users/user-body.ts'
import type { ProfileValues } from './page-model.ts'

export function profileValues(ctx: Context): ProfileValues {
  const text = (name: string) => formText(ctx, name, 300).trim()
  return {
    username: text('username'),
    email: text('email'),
    firstName: text('firstName'),
    lastName: text('lastName'),
    displayName: text('displayName'),
  }
}

/** The submitted language tag; empty for the language of the browser. `undefined` if the form has no such field. */
export function submittedLanguage(ctx: Context): string | undefined {
  return formTexts(ctx, 'language', 35)[0]
}

export function storedProfile({ userName, email, firstName, lastName, displayName }: User): ProfileValues {
  return { username: userName, email: email ?? '', firstName, lastName, displayName }
}

/** Converts the form to a REST API body; fields that the form does not show stay unchanged. */
export function profileBody({ email, ...values }: ProfileValues, before: User): UserBody {
  return { ...toUserBody(before), ...values, email: email === '' ? null : email }
}
