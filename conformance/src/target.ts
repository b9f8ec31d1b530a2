export {
  createHarness,
  type Harness,
  type HarnessRequest,
} from './harness/harness.ts'
export { readProcessEnvironment, type TargetEnvironment } from './target/environment.ts'
export {
  defineTarget,
  type Implementation,
  type Manifest,
  type Routes,
  type StartedTarget,
  type Target,
} from './target/target.ts'
