// What happens to a database while the processes on it live on: they have to answer 503 in
// the meantime, and to recover by themselves.
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoreName } from './child/messages.ts'
import { CuttingProxy } from './cutting-proxy.ts'
import { dropTablespace, moveToTablespace, ownerOf } from './postgres-tablespace.ts'
import { createSqlite } from './raw-sqlite.ts'
import type { RawDatabase } from './raw-state.ts'
import { makeSmallDisk, type SmallDisk } from './small-disk.ts'
import type { Ground } from './stores.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'

/** Makes a world on a database. */
type MakeWorld = (database: RawDatabase) => Promise<World>

export interface Disturbance {
  readonly name: string
  readonly stores: readonly StoreName[]
  /** @returns How often the database was disturbed; 0 when it cannot be done on this machine. */
  readonly run: (ground: Ground, makeWorld: MakeWorld) => Promise<number>
}

export const disturbances: readonly Disturbance[] = [
  { name: 'server killed', stores: ['postgres', 'engine'], run: killServer },
  {
    name: 'answer of a commit lost',
    stores: ['postgres', 'engine'],
    run: cutConnections,
  },
  { name: 'file full', stores: ['sqlite'], run: limitPages },
  { name: 'disk full', stores: ['sqlite'], run: fillDisk },
  { name: 'disk full', stores: ['postgres', 'engine'], run: fillTablespace },
]

async function killServer(
  { server, createDatabase }: Ground,
  makeWorld: MakeWorld,
): Promise<number> {
  if (server === undefined) return 0
  const world = await makeWorld(await createDatabase())
  const times = 2
  await world.endure(async () => {
    for (let time = 0; time < times; time += 1) {
      await sleep(100 + world.chooser.below(200))
      await server.kill(world.chooser.of(['SIGKILL', 'SIGQUIT']))
      await untilAnswered(world, 503)
      await server.restart()
    }
  })
  await end(world)
  return times
}

async function cutConnections(
  { createDatabase }: Ground,
  makeWorld: MakeWorld,
): Promise<number> {
  const database = await createDatabase()
  const proxy = new CuttingProxy(database.address)
  const world = await makeWorld({ ...database, address: await proxy.listen() })
  try {
    await world.endure(async () => {
      await sleep(100)
      proxy.isCutting = true
      for (let tries = 0; tries < 200 && proxy.cuts < 15; tries += 1) await sleep(25)
      proxy.isCutting = false
    })
    await end(world)
    return proxy.cuts
  } finally {
    proxy.close()
  }
}

/** SQLite says that the file is full at the number of pages that it is told. */
async function limitPages(
  { createDatabase }: Ground,
  makeWorld: MakeWorld,
): Promise<number> {
  const world = await makeWorld(await createDatabase())
  await world.endure(async () => {
    await sleep(100)
    world.tell({ kind: 'page limit', pages: 1 })
    await untilAnswered(world, 503)
    world.tell({ kind: 'page limit', pages: 1_000_000 })
  })
  await end(world)
  return 1
}

async function fillDisk(_: Ground, makeWorld: MakeWorld): Promise<number> {
  const disk = await makeSmallDisk(400)
  if (disk === undefined) return 0
  try {
    const world = await makeWorld(await createSqlite(disk.folder))
    await fill(world, disk)
    return 1
  } finally {
    await disk.remove()
  }
}

/** The log of PostgreSQL stays elsewhere: when that has no room, the server ends. */
async function fillTablespace(
  { server, createDatabase }: Ground,
  makeWorld: MakeWorld,
): Promise<number> {
  if (server === undefined) return 0
  const database = await createDatabase()
  const world = await makeWorld(database)
  const disk = await makeSmallDisk(64_000, await ownerOf(server))
  if (disk === undefined) return 0
  try {
    await moveToTablespace(server, database, disk.folder)
    await disk.leave(600)
    await fill(world, disk)
    await dropTablespace(server)
    return 1
  } finally {
    await disk.remove()
  }
}

async function fill(world: World, disk: SmallDisk): Promise<void> {
  await world.endure(async () => {
    await untilAnswered(world, 503)
    await disk.leave(64_000)
  })
  await end(world)
}

async function untilAnswered(world: World, status: number): Promise<void> {
  const { answers } = world.deliveries
  const before = answers.get(status) ?? 0
  for (let tries = 0; tries < 1_500; tries += 1) {
    if ((answers.get(status) ?? 0) > before) return
    await sleep(20)
  }
  throw new Violation(
    'other',
    `nobody was answered ${status} while the database was away`,
  )
}

/** Nobody is started anew. */
async function end(world: World): Promise<void> {
  await world.heal({ restarts: false })
  await world.finish()
  await world.close()
  await world.database.remove()
}
