import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from './find-planted.ts'
import { plantedFaults } from './planted-faults.ts'

const script = fileURLToPath(new URL('find-planted.ts', import.meta.url))

/** Each process takes every so manieth fault. */
const PROCESSES = 2

describe('a fault in core is found', () => {
  const findings = new Map<string, Finding>()

  beforeAll(async () => {
    const outputs = await Promise.all(
      Array.from({ length: PROCESSES }, (_, index) =>
        promisify(execFile)(process.execPath, [script, `${index}`, `${PROCESSES}`]),
      ),
    )
    for (const line of outputs.flatMap(({ stdout }) => stdout.trim().split('\n'))) {
      const finding: Finding = JSON.parse(line)
      findings.set(finding.id, finding)
    }
  })

  it.each(plantedFaults)('when $id', ({ id, violates }) => {
    const { seed, invariant } = findings.get(id) ?? {}
    expect(seed, 'no world has shown it').toBeDefined()
    expect(violates).toContain(invariant)
  })
})
