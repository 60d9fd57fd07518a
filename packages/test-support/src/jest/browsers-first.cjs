const Sequencer = require('@jest/test-sequencer').default

/** Tests that start a browser or whole programs take longest, so they start first. */
module.exports = class BrowsersFirst extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => /[/](pages|e2e|examples)[/]/.test(path)
    const sorted = super.sort(tests)
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))]
  }
}
