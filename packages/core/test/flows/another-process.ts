import { fileURLToPath } from 'node:url'
import { startProcess } from '@pocket/test-support'
import type { Lead } from './slow-stores.ts'
import type { Task } from './token-process.ts'

/** Controls one of the processes; a call to another process returns when that process has received it. */
export type AnyLead = { readonly [Name in keyof Lead]: (...input: Parameters<Lead[Name]>) => unknown }

/** Starts another process with the instances of the hosts. */
export async function startAnother(task: Task) {
  const program = fileURLToPath(new URL('token-process.ts', import.meta.url))
  const flags = ['--conditions=pocket-source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  const running = await startProcess(process.execPath, [...flags, program, JSON.stringify(task)], {
    readyWhen: /^ready (.*)$/,
  })
  const ports: readonly number[] = JSON.parse(running.ready[1] ?? '')
  const [leadOrigin, ...origins] = ports.map((port) => `http://127.0.0.1:${port}`)
  const order =
    <Name extends keyof Lead>(name: Name) =>
    async (...input: Parameters<Lead[Name]>) => {
      await fetch(`${leadOrigin}/${name}`, { method: 'POST', body: JSON.stringify(input) })
    }
  return {
    running,
    origins,
    lead: { hold: order('hold'), met: order('met'), open: order('open'), pass: order('pass') },
  }
}
