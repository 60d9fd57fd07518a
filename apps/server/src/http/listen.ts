import cluster from 'node:cluster'
import { once } from 'node:events'
import { chmod, lstat, unlink } from 'node:fs/promises'
import type { Server } from 'node:http'
import { connect, createServer } from 'node:net'
import type { ListenConfig } from '../config/listening.ts'
import { codeOf } from '../logging/failure.ts'
import { activatedSocket } from './systemd.ts'

/** The message of a worker to the primary process once it listens. */
export const listeningMessage = 'listening'

/** How long active requests may take during shutdown, in milliseconds. */
const maxWait = 5000

/** Rejects with the system error if the server cannot listen; the caller explains it. */
export async function listen(
  server: Server,
  {
    host,
    port,
    unixSocket,
    unixSocketMode,
    systemdSocket,
  }: Pick<ListenConfig, 'host' | 'port' | 'unixSocket' | 'unixSocketMode' | 'systemdSocket'>,
): Promise<void> {
  if (unixSocket !== undefined) await removeStaleSocket(unixSocket)
  // A connection that the primary hands to a process that is being killed would never end.
  const reusePort = cluster.isWorker && process.platform === 'linux'
  if (reusePort && cluster.worker?.id === 1 && unixSocket === undefined && !systemdSocket) await assertFree(host, port)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  if (systemdSocket) server.listen({ fd: activatedSocket(process.env) }, resolve)
  else server.listen(unixSocket === undefined ? { host, port, reusePort } : { path: unixSocket }, resolve)
  await promise
  if (cluster.isWorker) process.send?.(listeningMessage)
  if (unixSocket !== undefined && unixSocketMode !== undefined) await chmod(unixSocket, unixSocketMode)
}

/** Rejects if another server uses the port, also one that shares the port between its processes. */
async function assertFree(host: string, port: number): Promise<void> {
  const probe = createServer().listen({ host, port, exclusive: true })
  await once(probe, 'listening')
  probe.close()
  await once(probe, 'close')
}

/** Lets active requests finish within a time limit. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const closeTimer = setTimeout(() => server.closeAllConnections(), maxWait)
  server.close(() => resolve())
  server.closeIdleConnections()
  await promise
  clearTimeout(closeTimer)
}

/** A killed process leaves its socket file behind; a socket that accepts connections is in use. */
async function removeStaleSocket(path: string): Promise<void> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (stats?.isSocket() && !(await acceptsConnections(path))) await unlink(path)
}

async function acceptsConnections(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = connect(path)
  probe.once('connect', () => resolve(true)).once('error', () => resolve(false))
  return promise.finally(() => probe.destroy())
}
