import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunningProcess, startProcess } from '@pocket/test-support'

const program = '/usr/sbin/haproxy'

/** The reason why HAProxy cannot be started, or `undefined`. */
export const haproxyUnavailableReason: string | undefined = existsSync(program)
  ? undefined
  : 'HAProxy is not installed: apt-get install --no-install-recommends haproxy'

/** Balances `port` over the servers without sticky sessions; it removes those that are not ready. */
export async function startHaproxy(folder: string, port: number, servers: readonly number[]): Promise<RunningProcess> {
  const file = join(folder, 'haproxy.cfg')
  const lines = servers.map((server, index) => `  server replica${index} 127.0.0.1:${server} check`)
  await writeFile(
    file,
    `defaults
  mode http
  timeout connect 2s
  timeout client 40s
  timeout server 40s
  retries 2
  option redispatch
  option forwardfor
frontend public
  bind 127.0.0.1:${port}
  default_backend replicas
backend replicas
  balance roundrobin
  option httpchk GET /readyz
  default-server inter 500ms fall 2 rise 1
${lines.join('\n')}
`,
  )
  return startProcess(program, ['-db', '-f', file])
}
