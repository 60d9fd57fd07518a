const { basename } = require('node:path')
const Sequencer = require('@jest/test-sequencer').default

/** By name, longest first. Jest knows the duration of a file only after its first run. */
const longest = [
  'examples',
  'replicas',
  'set-up-steps',
  'preview',
  'killed-server',
  'two-processes-sessions',
  'main-path',
  'two-processes',
  'guides',
  'overload',
  'installs',
  'clocks',
  'package',
  'migration',
  'older-schema',
  'storage',
  'weights',
  'administration',
  'instance-lock',
  'outage',
  'generated-requests',
  'image',
]

/** The tests that take longest start first, then those that start a browser or whole programs. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((left, right) => rankOf(left) - rankOf(right))
  }
}

function rankOf({ path }) {
  const index = longest.indexOf(basename(path).replace(/(\.full)?\.test\.ts$/, ''))
  if (index !== -1) return index
  return longest.length + (/[/](pages|e2e|examples)[/]/.test(path) ? 0 : 1)
}
