/** The root: one place for keys, pastes, size and time; everything else is drawn from data. */
import { useAnimation, useInput, usePaste, useWindowSize } from "ink";
import { useSyncExternalStore } from "react";
import { Screen } from "./components/screen.tsx";
import { contextOf } from "./control/context.ts";
import type { Controller } from "./control/controller.ts";
import { pressesOf } from "./control/keys.ts";
import { isBusy } from "./model/attention.ts";
import { frameOf } from "./model/frame.ts";
import { type Theme, ThemeContext } from "./theme.ts";

export interface AppProps {
  readonly controller: Controller;
  readonly theme: Theme;
}

export function App({ controller, theme }: AppProps) {
  const size = useWindowSize();
  useSyncExternalStore(controller.subscribe, () => controller.version);
  controller.resize(size);
  const world = controller.world();
  // Clocks and spinners move on their own; what waits need not be drawn often.
  useAnimation({ interval: isBusy(world, controller.ui) ? 500 : 1000 });
  useInput((input, key) => {
    for (const press of pressesOf(input, key)) controller.press(press);
  });
  usePaste((text) => controller.paste(text));
  const frame = frameOf(contextOf(world, controller.ui, size), size);
  return (
    <ThemeContext value={theme}>
      <Screen frame={frame} />
    </ThemeContext>
  );
}
