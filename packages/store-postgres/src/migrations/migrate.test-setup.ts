// A process of migrations.test.ts: it migrates when it is told to.
import { once } from 'node:events'
import process from 'node:process'
import pg from 'pg'
import { postgresStore } from '../index.ts'

const [url] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: url })
await pool.query('SELECT 1')
process.send?.('ready')
await once(process, 'message')
await postgresStore(pool).migrate()
await pool.end()
process.disconnect?.()
