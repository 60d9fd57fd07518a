import type { User } from '@pocket/directory'
import type { Context } from 'koa'
import { formText } from '../http/form.ts'
import { toUserBody, type UserBody } from '../users/user-body.ts'
import type { UserFormValues } from './page-model.ts'

export const emptyUser: UserFormValues = {
  username: '',
  email: '',
  emailVerified: false,
  firstName: '',
  lastName: '',
  displayName: '',
  isAdmin: false,
}

export function userFormValues(ctx: Context): UserFormValues {
  const text = (name: string) => formText(ctx, name, 300).trim()
  return {
    username: text('username'),
    email: text('email'),
    emailVerified: text('emailVerified') === 'yes',
    firstName: text('firstName'),
    lastName: text('lastName'),
    displayName: text('displayName'),
    isAdmin: text('isAdmin') === 'yes',
  }
}

export function storedValues(user: User): UserFormValues {
  return {
    username: user.userName,
    email: user.email ?? '',
    emailVerified: user.emailVerified,
    firstName: user.firstName,
    lastName: user.lastName,
    displayName: user.displayName,
    isAdmin: user.administrator,
  }
}

/** The request body of the REST API; fields without a form control stay unchanged. */
export function userFormBody({ email, ...values }: UserFormValues, before?: User): UserBody {
  return { ...(before && toUserBody(before)), ...values, email: email === '' ? null : email }
}

/** For comparison: every value as displayed. */
export function toComparable(values: UserFormValues): Readonly<Record<keyof UserFormValues, string>> {
  const { emailVerified, isAdmin, ...texts } = values
  return { ...texts, emailVerified: emailVerified ? '✓' : '', isAdmin: isAdmin ? '✓' : '' }
}
