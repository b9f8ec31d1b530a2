export type { Effect, EffectLog } from './harness/effect-log.ts'
export {
  createHarness,
  type Harness,
  type HarnessOptions,
  type HarnessRequest,
} from './harness/harness.ts'
export type { Recorded } from './harness/recording.ts'
export { readProcessEnvironment, type TargetEnvironment } from './target/environment.ts'
export {
  defineTarget,
  type Implementation,
  type Manifest,
  type Routes,
  type StartedTarget,
  type Target,
} from './target/target.ts'
