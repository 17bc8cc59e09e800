/** Waits for a condition, for as long as a busy machine may take; looks every `interval` ms. */
import { vi } from "vitest";

export function waitFor<T>(look: () => T | Promise<T>, interval = 20): Promise<T> {
  return vi.waitFor(look, { timeout: 45_000, interval });
}
