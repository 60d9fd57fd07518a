import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readEnvironment } from '../../src/config/env.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pocket-env-'))
})

afterEach(() => rm(folder, { recursive: true }))

test('reads the .env file of the folder, but prefers real variables', async () => {
  await writeFile(
    join(folder, '.env'),
    'APP_URL=https://id.example.com # comment\nPATH=/nowhere\nPOCKET_TEST_ONLY="a b"\n',
  )
  const environment = readEnvironment(folder)
  expect(environment.APP_URL).toBe('https://id.example.com')
  expect(environment.POCKET_TEST_ONLY).toBe('a b')
  expect(environment.PATH).toBe(process.env.PATH)
})

test('uses only real variables without a file', () => {
  expect(readEnvironment(folder).PATH).toBe(process.env.PATH)
})

test('fails on a file that cannot be read', () => {
  expect(() => readEnvironment('/dev/null')).toThrow(/\/dev\/null\/\.env cannot be read/)
})

test('treats an empty real variable as unset', async () => {
  await writeFile(join(folder, '.env'), 'POCKET_TEST_EMPTY=from the file\n')
  process.env.POCKET_TEST_EMPTY = ''
  try {
    expect(readEnvironment(folder).POCKET_TEST_EMPTY).toBe('from the file')
  } finally {
    delete process.env.POCKET_TEST_EMPTY
  }
})
