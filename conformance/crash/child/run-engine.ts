import { openEngine } from './open-engine.ts'
import { waitForOrders } from './serve.ts'

waitForOrders(openEngine)
