import { copyFileSync, renameSync, rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connect, createPath, deliveryOf, openStore } from '../store.test-setup.ts'
import { createWalSync } from './wal-sync.ts'

describe('createWalSync', () => {
  it('is not sure of what it has not synced itself, nor of what another connection has committed since', async () => {
    const path = createPath()
    const db = connect(path)
    const other = connect(path)
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE application (value TEXT)')
    const sync = createWalSync(db, path)
    const after = () => new Promise((resolve) => sync.after(resolve))
    expect(sync.isClean()).toBe(false)
    await after()
    expect(sync.isClean()).toBe(true)
    other.exec(`INSERT INTO application VALUES ('a')`)
    expect(sync.isClean()).toBe(false)
    const synced = after()
    expect(sync.isClean()).toBe(false)
    expect(await synced).toBeUndefined()
    expect(sync.isClean()).toBe(true)
    sync.close()
  })
})

describe('a file that vanishes under the store', () => {
  const record = (store: ReturnType<typeof openStore>) =>
    store.record(deliveryOf('evt_1'), 'received', { now: 0 })

  it('rejects, since what is written has no name any more', async () => {
    const path = createPath()
    const store = openStore(path)
    rmSync(path)
    await expect(record(store)).rejects.toThrow(/was deleted while it was in use/)
  })

  it('rejects when another one is in its place, and works when it is put back', async () => {
    const path = createPath()
    const store = openStore(path)
    renameSync(path, `${path}.away`)
    copyFileSync(`${path}.away`, path)
    await expect(record(store)).rejects.toThrow(/was replaced while it was in use/)
    renameSync(`${path}.away`, path)
    expect(await record(store)).toBe('unfinished')
  })
})
