/** Where things go on a screen of a given size. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** `split`: side by side. `stacked`: checklist above the panel. `single`: one at a time. */
  readonly mode: "split" | "stacked" | "single";
  /** Thin lines under the header and above the footer. */
  readonly rules: boolean;
  readonly bodyHeight: number;
  readonly list: { readonly width: number; readonly height: number };
  readonly main: Area;
}

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const SMALLEST = { columns: 40, rows: 12 } as const;
const HEADER = 2;
const FOOTER = 2;

/** Undefined when the terminal is too small. */
export function layoutOf(columns: number, rows: number, hasList: boolean): Layout | undefined {
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return undefined;
  const rules = rows >= 18;
  const top = HEADER + (rules ? 1 : 0);
  const bodyHeight = rows - top - FOOTER - (rules ? 1 : 0);
  const inner = columns - 2;
  const whole: Area = { left: 1, top, width: inner, height: bodyHeight };
  const base = { columns, rows, rules, bodyHeight };
  if (!hasList) {
    return { ...base, mode: "single", list: { width: 0, height: 0 }, main: whole };
  }
  if (columns >= 100) {
    const width = Math.max(38, Math.min(76, Math.floor(inner * 0.38)));
    return {
      ...base,
      mode: "split",
      list: { width, height: bodyHeight },
      main: { left: 1 + width + 3, top, width: inner - width - 3, height: bodyHeight },
    };
  }
  if (bodyHeight < 18) {
    return { ...base, mode: "single", list: { width: inner, height: bodyHeight }, main: whole };
  }
  const height = Math.max(5, Math.floor(bodyHeight * 0.3));
  return {
    ...base,
    mode: "stacked",
    list: { width: inner, height },
    main: { left: 1, top: top + height + 1, width: inner, height: bodyHeight - height - 1 },
  };
}

/** A dialog takes all there is, except beside the checklist. */
export function overlayArea(layout: Layout): Area {
  if (layout.mode !== "stacked") return layout.main;
  return {
    ...layout.main,
    top: layout.main.top - layout.list.height - 1,
    height: layout.bodyHeight,
  };
}
