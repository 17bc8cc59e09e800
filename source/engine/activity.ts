/** Coalesces many notifications into about ten a second. */
const INTERVAL_MS = 100;

export interface Activity {
  touch(): void;
  listen(listener: () => void): () => void;
  stop(): void;
}

export function createActivity(): Activity {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  return {
    touch() {
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const listener of listeners) listener();
      }, INTERVAL_MS);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
