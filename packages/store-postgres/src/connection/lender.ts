import type {
  PostgresClient,
  PostgresConnection,
  PostgresPool,
} from './postgres-client.ts'

/** A connection that belongs to one user for a while. */
export interface Lent {
  readonly connection: PostgresConnection
  /** @param isBroken Nobody knows what state it is in, or whether it still works. */
  readonly giveBack: (isBroken: boolean) => void
}

export type Lender = () => Promise<Lent>

/** The error also rejects the query that runs; without a listener it would end the process. */
const ignore = () => {}

/** Lends the connections of a pool, or a single one to one user after the other. */
export function lenderOf(client: PostgresClient): Lender {
  return isPool(client) ? lenderOfPool(client) : lenderOfOne(client)
}

function isPool(client: PostgresClient): client is PostgresPool {
  return 'totalCount' in client
}

function lenderOfPool(pool: PostgresPool): Lender {
  return async () => {
    const connection = await pool.connect()
    connection.on('error', ignore)
    return {
      connection,
      giveBack(isBroken) {
        connection.removeListener('error', ignore)
        connection.release(isBroken)
      },
    }
  }
}

function lenderOfOne(connection: PostgresConnection): Lender {
  let free: Promise<unknown> = Promise.resolve()
  return () => {
    const lent = free.then(() => {
      let giveBack = () => {}
      const isBack = new Promise<void>((resolve) => {
        giveBack = resolve
      })
      connection.on('error', ignore)
      return { isBack, giveBack }
    })
    free = lent.then(({ isBack }) => isBack)
    return lent.then(({ giveBack }) => ({
      connection,
      giveBack(isBroken) {
        connection.removeListener('error', ignore)
        // It cannot be replaced. What still runs on it is waited for, and undone.
        if (isBroken)
          connection.query({ text: 'ROLLBACK' }).catch(ignore).finally(giveBack)
        else giveBack()
      },
    }))
  }
}
