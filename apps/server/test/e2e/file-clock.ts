import { readFileSync } from 'node:fs'

// Loaded before the program: sets its clock to the milliseconds in a file.

const file = process.env.CLOCK_FILE ?? ''
const now = () => Number(readFileSync(file, 'utf8'))
const RealDate = Date

globalThis.Date = new Proxy(RealDate, {
  construct: (target, input, newTarget) => Reflect.construct(target, input.length === 0 ? [now()] : input, newTarget),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
})
