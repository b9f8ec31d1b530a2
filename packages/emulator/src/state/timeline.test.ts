import { describe, expect, it, vi } from 'vitest'
import { Timeline } from './timeline.ts'

const START = 1_767_225_600

function frozen(onError: (error: unknown) => void = () => {}): Timeline {
  return new Timeline({ startAt: START, isRunning: false, onError })
}

describe('a clock that stands still', () => {
  it('runs what is due on the way, each task at its own time and in order', async () => {
    const timeline = frozen()
    const ran: [string, number][] = []
    const note = (name: string) => () => ran.push([name, timeline.now() - START])
    timeline.schedule(START + 20, note('later'))
    timeline.schedule(START + 10, note('first of two'))
    timeline.schedule(START + 10, note('second of two'))
    timeline.schedule(START + 31, note('too late'))
    await timeline.advanceTo(START + 30)
    expect(ran).toEqual([
      ['first of two', 10],
      ['second of two', 10],
      ['later', 20],
    ])
    expect(timeline.now()).toBe(START + 30)
    expect(timeline.nextAt()).toBe(START + 31)
  })

  it('runs what a task plans for the time that is passed over', async () => {
    const timeline = frozen()
    const times: number[] = []
    const again = () => {
      times.push(timeline.now() - START)
      if (times.length < 5) timeline.schedule(timeline.now() + 7, again)
    }
    timeline.schedule(START, again)
    await timeline.advanceTo(START + 22)
    expect(times).toEqual([0, 7, 14, 21])
  })

  it('keeps thousands of tasks in order, whatever the order of their making', async () => {
    const timeline = frozen()
    const ran: number[] = []
    for (let index = 0; index < 5_000; index++) {
      const at = START + ((index * 7_919) % 5_000)
      timeline.schedule(at, () => ran.push(at))
    }
    await timeline.advanceTo(START + 5_000)
    expect(ran).toHaveLength(5_000)
    expect(ran).toEqual(ran.toSorted((a, b) => a - b))
  })

  it('leaves out what was canceled', async () => {
    const timeline = frozen()
    const run = vi.fn()
    timeline.schedule(START + 1, run).cancel()
    expect(timeline.nextAt()).toBeUndefined()
    await timeline.advanceTo(START + 2)
    expect(run).not.toHaveBeenCalled()
  })

  it('runs what is due already, without being moved', async () => {
    const run = vi.fn()
    frozen().schedule(START - 1, run)
    expect(run).not.toHaveBeenCalled()
    await vi.waitFor(() => expect(run).toHaveBeenCalledOnce())
  })

  it('does not go back', async () => {
    const timeline = frozen()
    await timeline.advanceTo(START - 100)
    expect(timeline.now()).toBe(START)
  })

  it('makes one move after the other', async () => {
    const timeline = frozen()
    const ran: number[] = []
    timeline.schedule(START + 5, () => ran.push(5))
    timeline.schedule(START + 15, () => ran.push(15))
    const both = [timeline.advanceTo(START + 20), timeline.advanceTo(START + 10)]
    await Promise.all(both)
    expect(ran).toEqual([5, 15])
    expect(timeline.now()).toBe(START + 20)
  })

  it('tells what a task throws, and runs the others', async () => {
    const errors: unknown[] = []
    const timeline = frozen((error) => errors.push(error))
    const run = vi.fn()
    timeline.schedule(START + 1, () => {
      throw new Error('broken')
    })
    timeline.schedule(START + 1, run)
    await timeline.advanceTo(START + 1)
    expect(errors).toEqual([new Error('broken')])
    expect(run).toHaveBeenCalledOnce()
  })

  it('lets others have their turn while it runs very much', async () => {
    const timeline = frozen()
    let turns = 0
    const counting = setInterval(() => {
      turns += 1
    }, 0)
    for (let index = 0; index < 20; index++) {
      timeline.schedule(START + index, () => {
        const end = performance.now() + 15
        while (performance.now() < end);
      })
    }
    await timeline.advanceTo(START + 20)
    clearInterval(counting)
    expect(turns).toBeGreaterThan(2)
  })
})

describe('a time that there is not', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, 8_640_000_000_001])(
    'is refused, and leaves the clock where it is: %d',
    async (target) => {
      const timeline = new Timeline({
        startAt: START,
        isRunning: false,
        onError: () => {},
      })
      await expect(timeline.advanceTo(target)).rejects.toThrow(RangeError)
      await timeline.advanceTo(START + 1)
      expect(timeline.now()).toBe(START + 1)
      expect(
        () => new Timeline({ startAt: target, isRunning: true, onError: () => {} }),
      ).toThrow(RangeError)
    },
  )
})

describe('a clock that runs', () => {
  it('runs a task when its time has come, at exactly that time', async () => {
    const startAt = 4_000_000_000
    const timeline = new Timeline({ startAt, isRunning: true, onError: () => {} })
    const at = timeline.exactNow() + 0.03
    const seen = await new Promise((resolve) => {
      timeline.schedule(at, () => resolve(timeline.exactNow()))
    })
    expect(seen).toBe(at)
    timeline.close()
  })

  it('goes on from where it was moved to', async () => {
    const timeline = new Timeline({ startAt: START, isRunning: true, onError: () => {} })
    await timeline.advanceTo(START + 86_400)
    const now = timeline.exactNow()
    await vi.waitFor(() => expect(timeline.exactNow()).toBeGreaterThan(now))
    expect(now).toBeGreaterThanOrEqual(START + 86_400)
    timeline.close()
  })

  it('runs nothing more once it is closed', async () => {
    const timeline = new Timeline({ startAt: START, isRunning: true, onError: () => {} })
    const run = vi.fn()
    timeline.schedule(timeline.exactNow() + 0.01, run)
    timeline.close()
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect(run).not.toHaveBeenCalled()
  })
})
