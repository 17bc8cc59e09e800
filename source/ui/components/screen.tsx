/** The frame of every screen: header, checklist beside or above the main pane, footer. */
import { Box, useCursor } from "ink";
import type { Frame } from "../model/frame.ts";
import { Rows } from "./rows.tsx";

export function Screen({ frame }: { readonly frame: Frame }) {
  const { setCursorPosition } = useCursor();
  setCursorPosition(frame.cursor);
  const { columns, rows } = frame;
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {frame.bands.map((band) => (
        <Box key={band.key} height={band.height} paddingLeft={1} flexShrink={0}>
          {band.panes.map(({ key, rows: content, width }) => (
            <Rows key={key} rows={content} width={width} height={band.height} />
          ))}
        </Box>
      ))}
    </Box>
  );
}
