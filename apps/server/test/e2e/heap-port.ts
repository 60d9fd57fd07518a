import { createServer } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// Loaded before the program: serves the size of its heap after a garbage collection on a separate port.

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

createServer((_req, res) => {
  collect()
  res.end(JSON.stringify(process.memoryUsage()))
})
  .listen(Number(process.env.HEAP_PORT), '127.0.0.1')
  .unref()
