/**
 * Loads `conf` without the signal handlers it brings along (its `when-exit` raises every signal a
 * second time): how this process ends is not for a settings file to decide.
 */
import { constants } from "node:os";

export async function loadConf() {
  const signals = Object.keys(constants.signals) as NodeJS.Signals[];
  const before = new Map(signals.map((signal) => [signal, new Set(process.rawListeners(signal))]));
  const { default: Conf } = await import("conf");
  for (const signal of signals) {
    for (const listener of process.rawListeners(signal)) {
      if (before.get(signal)?.has(listener) === true) continue;
      process.removeListener(signal, listener as NodeJS.SignalsListener);
    }
  }
  return Conf;
}
