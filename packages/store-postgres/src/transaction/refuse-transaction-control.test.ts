import { describe, expect, it } from 'vitest'
import { refuseTransactionControl } from './refuse-transaction-control.ts'

describe('refuseTransactionControl', () => {
  it.each([
    'COMMIT',
    'commit and chain;',
    '  /* now */ END',
    '-- so\nROLLBACK',
    'ABORT',
    'BEGIN',
    'start transaction read only',
    `PREPARE TRANSACTION 'x'`,
    `INSERT INTO t VALUES ('a;b'); COMMIT`,
    String.raw`SELECT E'\''; COMMIT; --'`,
    'ROLLBACK WORK',
    'ROLLBACK AND NO CHAIN',
  ])('refuses %j', (text) => {
    expect(() => refuseTransactionControl(text)).toThrow(/begin or end a transaction/)
  })

  it.each([
    'SAVEPOINT one',
    'ROLLBACK TO one',
    'rollback work to savepoint one',
    'RELEASE SAVEPOINT one',
    `INSERT INTO t VALUES ('; COMMIT')`,
    String.raw`INSERT INTO t VALUES (E'\'; COMMIT; --')`,
    'SELECT $body$ ; COMMIT; $body$',
    'SELECT 1 AS "a; COMMIT"',
    'SELECT endpoint FROM t',
    'PREPARE one AS SELECT 1',
    'DO $$ BEGIN PERFORM 1; END $$',
  ])('lets %j through', (text) => {
    expect(() => refuseTransactionControl(text)).not.toThrow()
  })
})
