export {
  type CommandTarget,
  type Config,
  defineConfig,
  type RemoteTarget,
  type TargetSource,
} from './config.ts'
export type {
  CheckResult,
  FailureDetails,
  Outcome,
  Report,
  TargetReport,
  Verdict,
} from './report/report.ts'
export { defineTarget, type StartedTarget, type Target } from './target/target.ts'
