export type {
  OpenApiContent,
  OpenApiDescription,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiSchema,
} from './description/open-api.ts'
export { readDescription } from './description/read-description.ts'
export { findBinary, type StripeMockBinary } from './find/find-binary.ts'
export { type FoundStripeMock, findStripeMock } from './find/find-stripe-mock.ts'
export { PINNED_VERSION } from './pinned-version.ts'
export {
  type StartOptions,
  type StripeMock,
  startStripeMock,
} from './start/start-stripe-mock.ts'
export { StripeMockError } from './stripe-mock-error.ts'
