import type { UserAgent } from '@pocket/core/testing'
import { type RunningApp, setUpAdministrator, startApp } from '../http/app.ts'

/** A running server that is set up. */
export interface Instance extends RunningApp {
  /** A browser in which its administrator is signed in. */
  readonly administrator: UserAgent
  /** Makes a user who is no administrator, and signs them in. */
  person(userName: string): Promise<{ readonly id: string; readonly agent: UserAgent }>
}

export async function startInstance(env: Readonly<Record<string, string>> = {}): Promise<Instance> {
  const running = await startApp(env)
  const { app, url } = running
  const administrator = running.agent()
  await setUpAdministrator(administrator, url)
  return {
    ...running,
    administrator,
    async person(userName) {
      const names = { userName, email: null, firstName: '', lastName: '', displayName: userName, locale: null }
      const { id } = await app.directory.create({ id: crypto.randomUUID(), ...names })
      const issued = await app.issueLoginCode(userName)
      const agent = running.agent()
      await agent.postForm(`${url}/lc`, { code: issued.code })
      return { id, agent }
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}
