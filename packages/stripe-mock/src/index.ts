export { type FoundStripeMock, findStripeMock } from './find/find-stripe-mock.ts'
export { PINNED_VERSION } from './pinned-version.ts'
export {
  type StartOptions,
  type StripeMock,
  startStripeMock,
} from './start/start-stripe-mock.ts'
export { StripeMockError } from './stripe-mock-error.ts'
