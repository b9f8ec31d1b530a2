/** A platform that gets a stripe-mock of its own: Node's names for it, and Go's. */
export interface Platform {
  readonly os: 'darwin' | 'linux' | 'win32'
  readonly cpu: 'arm64' | 'x64'
  readonly goos: string
  readonly goarch: string
}

export const platforms: readonly Platform[] = [
  { os: 'darwin', cpu: 'arm64', goos: 'darwin', goarch: 'arm64' },
  { os: 'darwin', cpu: 'x64', goos: 'darwin', goarch: 'amd64' },
  { os: 'linux', cpu: 'arm64', goos: 'linux', goarch: 'arm64' },
  { os: 'linux', cpu: 'x64', goos: 'linux', goarch: 'amd64' },
  { os: 'win32', cpu: 'arm64', goos: 'windows', goarch: 'arm64' },
  { os: 'win32', cpu: 'x64', goos: 'windows', goarch: 'amd64' },
]

export function packageNameOf({ os, cpu }: Pick<Platform, 'os' | 'cpu'>): string {
  return `@countersign/stripe-mock-${os}-${cpu}`
}
