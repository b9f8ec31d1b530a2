import { openSqlite } from './open-sqlite.ts'
import { waitForOrders } from './serve.ts'

waitForOrders(openSqlite)
