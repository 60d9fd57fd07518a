import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { runProcesses, shareWithOthers } from '../../src/cli/processes.ts'
import { listen } from '../../src/http/listen.ts'
import { createLogger } from '../../src/logging/logger.ts'

// A program whose two processes share a port and answer with their ID. With FAIL set, the second one cannot start.

const { PORT: port = '', FAIL: fail } = process.env

if (cluster.isPrimary) {
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort())
  const logger = createLogger({ logLevel: 'info', logJson: false })
  await runProcesses(2, logger, stop.signal).then(
    () => process.stdout.write('all stopped\n'),
    (error: Error) => process.stdout.write(`failed: ${error.message}\n`),
  )
} else if (fail !== undefined && cluster.worker?.id !== 1)
  // Metrics, which are asked for from the start.
  process.send?.({ pocketMetrics: [] }, () => process.exit(1))
else {
  const server = createServer((_request, response) => {
    response.setHeader('connection', 'close').end(String(process.pid))
  })
  process.once('SIGTERM', () => process.exit())
  await listen(server, {
    ...{ host: '127.0.0.1', port: Number(port), systemdSocket: false },
    ...{ unixSocket: undefined, unixSocketMode: undefined },
  })
  shareWithOthers()
}
