import type { ChildProcess } from 'node:child_process'
import process from 'node:process'

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const
const children = new Set<ChildProcess>()

/** Kills a child when this process ends, by itself or by a signal that asks it to. */
export function endWithParent(child: ChildProcess): void {
  if (children.size === 0) listen()
  children.add(child)
  const forget = () => {
    children.delete(child)
    if (children.size === 0) unlisten()
  }
  child.once('exit', forget)
  child.once('error', forget)
}

function listen(): void {
  process.on('exit', killAll)
  for (const signal of SIGNALS) process.on(signal, onSignal)
}

function unlisten(): void {
  process.off('exit', killAll)
  for (const signal of SIGNALS) process.off(signal, onSignal)
}

function killAll(): void {
  for (const child of children) child.kill('SIGKILL')
}

/** There is no "exit" for a process that a signal ends. Where nobody else listens, it ends as it would have. */
function onSignal(signal: NodeJS.Signals): void {
  killAll()
  unlisten()
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}
