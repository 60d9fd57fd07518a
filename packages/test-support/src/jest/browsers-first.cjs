const Sequencer = require('@jest/test-sequencer').default

/** What drives a browser or whole programs takes longest: it begins first, so that nobody waits for it at the end. */
module.exports = class BrowsersFirst extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => /[/](pages|e2e|examples)[/]/.test(path)
    const sorted = super.sort(tests)
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))]
  }
}
