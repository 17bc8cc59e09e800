/** Every key that works here. */

import { bindingsOf, DIALOG_KEYS, keyLabel } from "../control/keymap.ts";
import { STATUS_MARK, STATUS_TONE, STATUS_WORD, STATUSES } from "../text/glyphs.ts";
import { BLANK, labelled, muted, type Row, row, span } from "../text/rows.ts";
import type { World } from "./world.ts";

export function helpRows(world: World, width: number): readonly Row[] {
  const options = { width, labelWidth: 20 };
  const keys = bindingsOf(world).flatMap(({ keys: all, about }) =>
    labelled(all.map(keyLabel).join("  "), about, options),
  );
  return [
    row("Keys", { bold: true, tone: "accent" }),
    ...keys,
    BLANK,
    row("In a dialog", { bold: true, tone: "accent" }),
    ...DIALOG_KEYS.flatMap(([label, about]) => labelled(label, about, options)),
    BLANK,
    row("Marks", { bold: true, tone: "accent" }),
    ...STATUSES.map((status) => {
      const tone = STATUS_TONE[status];
      return [
        span(`${STATUS_MARK[status]} `, tone === undefined ? {} : { tone }),
        muted(STATUS_WORD[status]),
      ];
    }),
  ];
}
