import { registerHooks } from 'node:module'

// Loaded with `--import`: writes the name of every module of OpenTelemetry that the process loads.

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier.startsWith('@opentelemetry/')) process.stderr.write(`loaded ${specifier}\n`)
    return nextResolve(specifier, context)
  },
})
