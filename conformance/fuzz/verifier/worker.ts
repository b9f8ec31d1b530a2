// One of the threads of a campaign: takes a chunk, gives its result, until there is no more.
import { parentPort } from 'node:worker_threads'
import { type Chunk, type ChunkResult, runChunk } from './run-chunk.ts'
import { type SubjectName, subjects } from './subjects.ts'

export interface Task extends Chunk {
  readonly subject: SubjectName
}

export interface TaskResult extends ChunkResult {
  readonly task: Task
}

const port = parentPort
port?.on('message', async (task: Task) => {
  const result = await runChunk(subjects[task.subject], task)
  port.postMessage({ task, ...result } satisfies TaskResult)
})
