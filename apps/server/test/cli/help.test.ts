import { spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import type { Command } from 'commander'
import type { CommandContext } from '../../src/cli/command.ts'
import { nameOf } from '../../src/cli/output.ts'
import { createProgram } from '../../src/cli/run.ts'

function createPrintingProgram() {
  const printed: string[] = []
  const print = (line: string) => printed.push(line)
  return { printed, program: createProgram({ version: '', print, printError: print } as unknown as CommandContext) }
}

const descendantCommands = (command: Command): readonly Command[] =>
  command.commands.flatMap((child) => [child, ...descendantCommands(child)])
const names = descendantCommands(createPrintingProgram().program).map(nameOf)

test.each(names)('the help of %s has examples that it understands', (name) => {
  const { program, printed } = createPrintingProgram()
  const command = descendantCommands(program).find((each) => nameOf(each) === name)
  command?.outputHelp()
  const [, examples = ''] = printed.join('\n').split('Examples:\n')
  const lines = examples.split('\n').filter((line) => line !== '')
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) {
    const [, program_, ...words] = (line.replace(/ [>|<] .*/, '').match(/"[^"]*"|\S+/g) ?? ['']).toSpliced(0, 0, '')
    expect([program_, `${words.join(' ')} `.startsWith(`${name} `)]).toEqual(['pocket-id', true])
    const leaf = descendantCommands(program).findLast((each) => `${words.join(' ')} `.startsWith(`${nameOf(each)} `))
    const { unknown } = leaf?.parseOptions(words.slice(nameOf(leaf).split(' ').length)) ?? {}
    expect([line, unknown]).toEqual([line, []])
  }
})

test.each([
  ['key-rotat', 'key-rotate'],
  ['user', 'users'],
  ['settings lst', 'list'],
  ['users list --serch x', '--search'],
])('suggests another word for %s', async (words, suggestion) => {
  const { program, printed } = createPrintingProgram()
  await expect(program.parseAsync(words.split(' '), { from: 'user' })).rejects.toThrow()
  expect(printed.join('\n')).toContain(`(Did you mean ${suggestion}?)`)
})

describe('the completion script', () => {
  const completionScript = (shell: string) => {
    const { program } = createPrintingProgram()
    const lines: string[] = []
    const { log } = console
    console.log = (line: string) => void lines.push(line)
    try {
      program.parse(['complete', shell], { from: 'user' })
    } finally {
      console.log = log
    }
    return lines.join('\n')
  }

  test('of bash is accepted by bash, and registers the program', () => {
    const script = `${completionScript('bash')}\ncomplete -p pocket-id`
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/complete .*-F \S+ pocket-id/)
  })

  test.each([
    ['zsh', '#compdef pocket-id'],
    ['fish', 'complete -c pocket-id'],
  ])('of %s registers the program', (shell, registration) => {
    expect(completionScript(shell)).toContain(registration)
  })
})
