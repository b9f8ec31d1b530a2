export { storeContract } from '../stores/contract.ts'
export {
  type ContractOptions,
  runStoreContract,
  type StatementResult,
} from '../stores/run-contract.ts'
export type { StoreStatement } from '../stores/statement.ts'
export type {
  Capability,
  HandleOf,
  OpenStore,
  RawEffect,
  RawEvent,
  RawMessage,
  RawMirrorRow,
  RawReader,
  RawState,
  Storage,
  StoreSubject,
} from '../stores/subject.ts'
