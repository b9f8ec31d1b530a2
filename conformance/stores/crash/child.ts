// A process that opens the store of a subject and works with it until it is killed.
import process from 'node:process'
import type { TransactionKind } from '@countersign/core'
import { toInstance } from '../store-context.ts'
import type { StoreSubject } from '../subject.ts'
import { type Scenario, scenarios } from './scenarios.ts'

const [module = '', location = '', scenario] = process.argv.slice(2)
const { subject } = (await import(module)) as { subject: StoreSubject<TransactionKind> }
const { store } = await subject.open(location)
await scenarios[scenario as Scenario](toInstance(store, subject))
