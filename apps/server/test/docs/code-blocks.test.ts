import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { composeFiles, parseBlocks, problemsOf } from './code-blocks.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const documents = globSync(['*.md', 'docs/*.md', 'docs/{guides,tutorial,explanation}/*.md', 'packages/*/README.md'], {
  cwd: root,
})

test.each(documents.toSorted())('the code blocks of %s are valid', (path) => {
  const blocks = parseBlocks(readFileSync(`${root}${path}`, 'utf8'))
  expect(blocks.flatMap((block) => problemsOf(block).map((problem) => `${problem} in: ${block.text}`))).toEqual([])
})

test.each(composeFiles)('%s follows the Compose Specification, and names known services and variables', (path) => {
  const text = readFileSync(`${root}${path}`, 'utf8').replace('!reset', '')
  expect(problemsOf({ language: 'yaml', text })).toEqual([])
})

test.each([...composeFiles, 'docker/kubernetes/pocket.yaml'])(
  'the commands in the comments of %s are valid',
  (path) => {
    const commands = Array.from(
      readFileSync(`${root}${path}`, 'utf8').matchAll(/^# {3}(.*\n)/gm),
      ([, line = '']) => line,
    )
    expect(problemsOf({ language: 'sh', text: commands.join('') })).toEqual([])
  },
)

test.each([
  ['', 'npm install', 'unknown language ""'],
  ['bash', 'npm install', 'unknown language "bash"'],
  ['sh', 'if true; then', 'Syntax error'],
  ['sh', 'docker compose exec pocket pocket-id doctor', 'unknown service pocket'],
  ['sh', 'docker compose --file compose.mysql.yaml up', 'unknown compose file compose.mysql.yaml'],
  ['sh', 'echo "COMPOSE_FILE=compose.yaml:compose.mysql.yaml" >> .env', 'unknown compose file compose.mysql.yaml'],
  ['sh', 'docker compose start-all', 'unknown command start-all'],
  ['sh', 'docker compose exec pocket-id pocket-id docter', 'unknown command pocket-id docter'],
  [
    'sh',
    'docker compose run --rm pocket-id migrate-from-pocket-id \\\n  /old --key x',
    'unknown option --key of pocket-id migrate-from-pocket-id',
  ],
  ['sh', 'echo "$(pocket-id one-time-token ada)"', 'unknown command pocket-id one-time-token ada'],
  ['sh', 'pocket-id users create --user-name ada', 'unknown option --user-name of pocket-id users create'],
  ['text', '$ pocket-id config plans', 'unknown command pocket-id config plans'],
  ['sh', 'echo "APP_ADDRESS=https://id.example.com" >> .env', 'unknown variable APP_ADDRESS'],
  ['sh', 'docker build --file Dockerfile .', 'no file Dockerfile'],
  ['sh', 'docker pull ghcr.io/pocket-oidc/server:0.1', 'unknown image ghcr.io/pocket-oidc/server'],
  ['sh', 'kubectl create secret generic pocket --from-literal=master-key=x', 'the manifest has no "key: master-key }"'],
  ['sh', 'kubectl logs deployment/server', 'the manifest has no "name: server"'],
  ['yaml', 'a: [', 'Flow sequence'],
  ['yaml', 'services:\n  pocket: {}', 'unknown service pocket'],
  ['yaml', 'services:\n  pocket-id:\n    enviroment: {}', 'must NOT have additional properties: enviroment'],
  ['yaml', 'services:\n  pocket-id:\n    cap_drop: ALL', '/services/pocket-id/cap_drop must be array'],
  ['yaml', 'services:\n  pocket-id:\n    environment: { APP_ADDRESS: x }', 'unknown variable APP_ADDRESS'],
  ['json', '{ a: 1 }', 'SyntaxError'],
  ['js', 'const { a = }', 'Expression expected'],
  ['ts', 'const a: = 1', 'Unexpected token'],
])('reports a wrong block: ```%s %s', (language, text, problem) => {
  expect(problemsOf({ language, text }).join('\n')).toContain(problem)
})
