import process from 'node:process'
import {
  findBinary,
  readDescription,
  type StripeMock,
  startStripeMock,
} from '@countersign/stripe-mock'
import { type Description, describe, describeNothing } from '../validation/description.ts'
import type { Source } from './forward.ts'
import { sharedStripeMock } from './shared-stripe-mock.ts'

export interface OpenOptions {
  /** Of one that runs already. Default: `STRIPE_MOCK_URL`, or one is found and started. */
  readonly url?: string | undefined
  /** Told in one line when it has crashed, and when it runs again. */
  readonly onProblem: (line: string) => void
  /** Told what is done while it takes long, such as to build it: one line each. */
  readonly onProgress: (line: string) => void
}

/** A stripe-mock to ask, and the description that it goes by. */
export interface OpenStripeMock extends Source {
  readonly description: Description
  readonly close: () => Promise<void>
}

/** @throws StripeMockError when it cannot be had, or does not answer */
export async function openStripeMock({
  url,
  onProblem,
  onProgress,
}: OpenOptions): Promise<OpenStripeMock> {
  const running = url ?? process.env.STRIPE_MOCK_URL
  return running ? openRunning(running) : openShared(onProblem, onProgress)
}

async function openRunning(url: string): Promise<OpenStripeMock> {
  const env = { ...process.env, STRIPE_MOCK_URL: url }
  const mock = await startStripeMock({ env })
  const description = await descriptionOf(mock)
  return {
    url: async () => mock.url,
    settle: async () => {},
    description,
    close: mock.stop,
  }
}

async function openShared(
  onProblem: (line: string) => void,
  onProgress: (line: string) => void,
): Promise<OpenStripeMock> {
  const shared = sharedStripeMock(process.env, onProgress)
  const notice = (line: string) => onProblem(line)
  shared.use(notice)
  try {
    // The description takes a while to be read, as stripe-mock does to start.
    void findBinary().then(
      (binary) => binary && readOnce(binary.path),
      () => {},
    )
    const description = await descriptionOf(await shared.running())
    return {
      url: async () => (await shared.running()).url,
      settle: () => shared.settle(),
      description,
      close: () => shared.release(notice),
    }
  } catch (error) {
    await shared.release(notice)
    throw error
  }
}

function descriptionOf({ binary }: StripeMock): Promise<Description> {
  return binary === undefined ? Promise.resolve(describeNothing()) : readOnce(binary)
}

const descriptions = new Map<string, Promise<Description>>()

/** A binary has one description, whoever asks for it. */
function readOnce(binary: string): Promise<Description> {
  const known = descriptions.get(binary)
  if (known !== undefined) return known
  const read = readDescription(binary).then(describe, describeNothing)
  descriptions.set(binary, read)
  return read
}
