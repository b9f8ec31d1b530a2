import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { packageRoot } from '../package-root.ts'
import type {
  CheckResult,
  FailureDetails,
  Report,
  TargetReport,
} from '../report/report.ts'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { terminalReport } from './terminal.ts'

const failure: FailureDetails = {
  requirement: 'WH-SIG-01',
  sentence: 'A webhook acts only when a configured secret has signed it.',
  url: 'https://docs.stripe.com/webhooks',
  expected: 'a 4xx',
  actual: '200 <b>"&\u001b[31m',
  hint: 'Verify the bytes.',
  exchanges: [
    '+1 ms  POST /webhooks/stripe (796 bytes, application/json)  →  200  [2.0 ms]',
  ],
  logs: ['warn: something'],
  reproduce: 'npx countersign-conformance run --target x --only y',
}
const result = (outcome: CheckResult['outcome'], name: string): CheckResult => ({
  id: `webhook.signature.${name}`,
  level: 'MUST',
  outcome,
  durationMs: 1.5,
  ...(outcome === 'passed'
    ? {}
    : { message: `${outcome}: expected a 4xx, got 200 <b>"&\u0000\ud800`, failure }),
})
const target = (change: Partial<TargetReport> = {}): TargetReport => ({
  name: 'express-5',
  framework: 'express',
  frameworkVersion: '5.3.0',
  variant: 'default',
  verdict: 'conformant-strict',
  durationMs: 321,
  checks: [result('passed', 'accepts-valid')],
  ...change,
})
const report: Report = {
  schema: 1,
  suite: '0.1.0',
  profile: '2026-11-draft',
  fixtures: 'f'.repeat(64),
  stripeMock: '0.203.0',
  seed: 1,
  startedAt: '2026-11-24T01:02:03.000Z',
  durationMs: 1_234,
  targets: [
    target(),
    target({
      name: 'koa-3',
      verdict: 'non-conformant',
      checks: [
        result('passed', 'accepts-valid'),
        result('failed', 'rejects-stale'),
        result('errored', 'rejects-v0-only'),
        result('untestable', 'rotated-secret'),
        result('inapplicable', 'multibyte-across-chunks'),
        { ...result('failed', 'future-timestamp'), level: 'INFO' },
      ],
    }),
    target({
      name: 'broken',
      verdict: 'incomplete',
      problem: 'it ended with 1 <&>\u001b',
      checks: [],
    }),
  ],
}

describe('the JSON report', () => {
  it('is the report itself, and fits its schema', () => {
    expect(JSON.parse(jsonReport(report))).toEqual(JSON.parse(JSON.stringify(report)))
  })

  it('is not written when it does not fit', () => {
    const wrong = { ...report, fixtures: 'none' }
    expect(() => jsonReport(wrong)).toThrow(/fixtures must match pattern/)
  })
})

describe('the JUnit report', () => {
  it('is valid by its schema, whatever the messages hold', async () => {
    const schema = readFileSync(new URL('schemas/junit.xsd', packageRoot), 'utf8')
    const { valid, errors } = await validateXML({ xml: junitReport(report), schema })
    expect(errors).toEqual([])
    expect(valid).toBe(true)
  })

  it('counts what failed, what is an error and what was skipped', () => {
    const xml = junitReport(report)
    expect(xml).toMatch(
      /name="koa-3 default" tests="6" failures="1" errors="2" skipped="2"/,
    )
    expect(xml).toContain('<skipped message="INFO: failed: expected a 4xx')
    expect(xml).toMatch(
      /name="broken default" tests="1" failures="0" errors="1" skipped="0"/,
    )
  })
})

describe('the terminal report', () => {
  it('shows the matrix, and the whole of each failure', () => {
    expect(terminalReport(report)).toMatchInlineSnapshot(`
      "✗ koa-3 (default)  webhook.signature.rejects-stale  MUST failed
          requirement  WH-SIG-01: A webhook acts only when a configured secret has signed it.
                       https://docs.stripe.com/webhooks
          expected     a 4xx
          got          200 <b>"&�[31m
          fix          Verify the bytes.
          exchange     +1 ms  POST /webhooks/stripe (796 bytes, application/json)  →  200  [2.0 ms]
          log          warn: something
          reproduce    npx countersign-conformance run --target x --only y

      ✗ koa-3 (default)  webhook.signature.rejects-v0-only  MUST errored
          requirement  WH-SIG-01: A webhook acts only when a configured secret has signed it.
                       https://docs.stripe.com/webhooks
          expected     a 4xx
          got          200 <b>"&�[31m
          fix          Verify the bytes.
          exchange     +1 ms  POST /webhooks/stripe (796 bytes, application/json)  →  200  [2.0 ms]
          log          warn: something
          reproduce    npx countersign-conformance run --target x --only y

        koa-3 (default): 1 more could not be tested

      ✗ broken (default): it ended with 1 <&>�

      target     version  variant  signature  http  dispatch  idempotency  cards  verdict            time
      ─────────  ───────  ───────  ─────────  ────  ────────  ───────────  ─────  ─────────────────  ─────
      express-5  5.3.0    default  1/1        ·     ·         ·            ·      conformant-strict  0.3 s
      koa-3      5.3.0    default  1/4 ✗      ·     ·         ·            ·      non-conformant     0.3 s
      broken     5.3.0    default  ·          ·     ·         ·            ·      incomplete         0.3 s

      1 of 3 targets conformant, 2 of 5 checks passed, 1 inapplicable in 1.2 s
      profile 2026-11-draft · stripe-mock 0.203.0 · seed 1
      "
    `)
  })

  it('says that nothing was validated when stripe-mock is off', () => {
    expect(terminalReport({ ...report, stripeMock: 'off' })).toContain(
      'no request was validated',
    )
  })
})
