// Reads the reports that the steps of `npm test` write.

export interface Counts {
  readonly passed: number
  readonly failed: number
}

/** A file of tests that cannot be loaded has no test to count, so it counts itself. */
export function countVitest(report: unknown): Counts {
  const { numPassedTests, numFailedTests, testResults } = report as {
    numPassedTests: number
    numFailedTests: number
    testResults: readonly { status: string; assertionResults: readonly unknown[] }[]
  }
  const unloaded = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.length === 0,
  )
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length }
}

/** Checks of the level INFO cannot fail a target, so they do not count. */
export function countSuite(report: unknown): Counts {
  const { targets } = report as {
    targets: readonly { checks: readonly { level: string; outcome: string }[] }[]
  }
  const counted = targets
    .flatMap(({ checks }) => checks)
    .filter(({ level, outcome }) => level !== 'INFO' && outcome !== 'inapplicable')
  const passed = counted.filter(({ outcome }) => outcome === 'passed').length
  return { passed, failed: counted.length - passed }
}

export function countKillMatrix(report: unknown): Counts {
  const { checks, mutants, benign, trivial, stores } = report as {
    checks: { total: number; killed: number }
    mutants: { total: number; killed: number }
    benign: { total: number; green: number }
    trivial: { total: number; caught: number }
    stores: {
      statements: { total: number; killed: number }
      mutants: { total: number; killed: number }
    }
  }
  const killable = [checks, mutants, stores.statements, stores.mutants]
  const killed = killable.reduce((sum, figure) => sum + figure.killed, 0)
  const all = [...killable, benign, trivial]
  const total = all.reduce((sum, figure) => sum + figure.total, 0)
  const passed = killed + benign.green + trivial.caught
  return { passed, failed: total - passed }
}
