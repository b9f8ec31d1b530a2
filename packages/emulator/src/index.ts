export {
  type Emulator,
  type EmulatorOptions,
  startEmulator,
} from './server/start-emulator.ts'
