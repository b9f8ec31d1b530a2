import { expect, it } from 'vitest'
import { reproduceCommand } from './reproduce.ts'

const check = { target: 'shop', variant: 'default', id: 'webhook.http.chunked', seed: 1 }

it.each([
  [
    {},
    {},
    'npx countersign-conformance run --target shop --variant default --only webhook.http.chunked',
  ],
  [
    { config: 'a b.ts' },
    {},
    "npx countersign-conformance run --config 'a b.ts' --target shop --variant default --only webhook.http.chunked",
  ],
  [
    { command: "python it's.py" },
    {},
    "npx countersign-conformance run --command 'python it'\\''s.py' --variant default --only webhook.http.chunked",
  ],
  [
    { url: 'http://127.0.0.1:3000/app' },
    {},
    'npx countersign-conformance run --url http://127.0.0.1:3000/app --only webhook.http.chunked',
  ],
  [
    { config: 'conformance/conformance.config.ts' },
    { CONFORMANCE_COMMAND: 'npm run conformance --' },
    'npm run conformance -- --target shop --variant default --only webhook.http.chunked',
  ],
])('what was called with %j can be called again', (flags, env, command) => {
  expect(reproduceCommand(flags, check, env)).toBe(command)
})

it('names the seed when it is not the usual one', () => {
  expect(reproduceCommand({}, { ...check, seed: 7 }, {})).toMatch(/ --seed 7$/)
})
