import { openPostgres } from './open-postgres.ts'
import { waitForOrders } from './serve.ts'

waitForOrders(openPostgres)
