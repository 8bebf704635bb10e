import { readFileSync } from 'node:fs';
import { LoudEmitter, standInName } from './loud.ts';

/**
 * Electron's powerMonitor. What a machine's own idle time is, nobody is there to make: HANARE_STANDIN_IDLE_FILE names a file
 * that holds it in seconds, read anew at every question; without one, somebody is always at work.
 */
export class PowerMonitor extends LoudEmitter {
  override get [standInName]() {
    return 'powerMonitor';
  }
  constructor() {
    super([
      ...['suspend', 'resume', 'on-ac', 'on-battery', 'shutdown', 'lock-screen', 'unlock-screen'],
      ...['thermal-state-change', 'speed-limit-change', 'user-did-become-active', 'user-did-resign-active'],
    ]);
  }
  getSystemIdleTime(): number {
    const file = process.env.HANARE_STANDIN_IDLE_FILE;
    if (!file) return 0;
    const seconds = Number(readFileSync(file, 'utf8'));
    if (!Number.isInteger(seconds) || seconds < 0) throw new Error(`${file} holds no whole seconds`);
    return seconds;
  }
  getSystemIdleState(): string {
    return 'unknown';
  }
  isOnBatteryPower(): boolean {
    return false;
  }
}
