import type { Answer, CalledInstance } from './calls.ts'

let count = 0

/** A name that nobody has yet. */
export function freshName(): string {
  count += 1
  return `person${count}`
}

/** Makes a user by the API; `fields` add to a name and an address that nobody has, or replace them. */
export async function createPerson(
  instance: CalledInstance,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<Answer & { readonly id: string }> {
  const username = freshName()
  const body = { username, email: `${username}@example.com`, ...fields }
  const answer = await instance.call('POST /api/users', { body })
  return { ...answer, id: String(answer.json.id) }
}
