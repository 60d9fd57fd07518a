import { fileURLToPath } from 'node:url'
import { startProcess } from '@pocket/test-support'
import type { StepController } from './slow-stores.ts'
import type { Task } from './token-process.ts'

/** Controls one of the processes; a call to another process returns when that process has received it. */
export type AnyStepController = {
  readonly [Name in keyof StepController]: (...input: Parameters<StepController[Name]>) => unknown
}

/** Starts another process with the instances of the hosts. */
export async function startTokenProcess(task: Task) {
  const program = fileURLToPath(new URL('token-process.ts', import.meta.url))
  const flags = ['--conditions=pocket-source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  const running = await startProcess(process.execPath, [...flags, program, JSON.stringify(task)], {
    readyWhen: /^ready (.*)$/,
  })
  const ports: readonly number[] = JSON.parse(running.ready[1] ?? '')
  const [leadOrigin, ...origins] = ports.map((port) => `http://127.0.0.1:${port}`)
  const sendCommand =
    <Name extends keyof StepController>(name: Name) =>
    async (...input: Parameters<StepController[Name]>) => {
      await fetch(`${leadOrigin}/${name}`, { method: 'POST', body: JSON.stringify(input) })
    }
  return {
    running,
    origins,
    controller: {
      hold: sendCommand('hold'),
      waitForBlocked: sendCommand('waitForBlocked'),
      open: sendCommand('open'),
      pass: sendCommand('pass'),
    },
  }
}
