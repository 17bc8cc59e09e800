/** Shows rows of spans, each on one line of the terminal, never more. */
import { Box, Text } from "ink";
import { useContext } from "react";
import { toAscii } from "../text/glyphs.ts";
import type { Row, Span } from "../text/rows.ts";
import { fitRow } from "../text/rows.ts";
import { colourOf, type Theme, ThemeContext } from "../theme.ts";

export interface RowsProps {
  readonly rows: readonly Row[];
  readonly width: number;
  readonly height: number;
}

export function Rows({ rows, width, height }: RowsProps) {
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden" flexShrink={0}>
      {rows.slice(0, height).map((cells, place) => line(cells, place, width))}
    </Box>
  );
}

/** A row is its place on the screen. */
function line(cells: Row, place: number, width: number) {
  return <Line key={place} cells={cells} width={width} />;
}

function Line({ cells, width }: { readonly cells: Row; readonly width: number }) {
  const fitted = cells.some(({ coloured }) => coloured === true) ? cells : fitRow(cells, width);
  return (
    <Box height={1} width={width} flexShrink={0}>
      <Text wrap="truncate-end">
        {fitted.length === 0 ? " " : fitted.map((cell, index) => piece(cell, index))}
      </Text>
    </Box>
  );
}

function piece(cell: Span, index: number) {
  return <Piece key={index} cell={cell} />;
}

function Piece({ cell }: { readonly cell: Span }) {
  const theme = useContext(ThemeContext);
  const { bold, inverse, underline } = cell;
  const color = colourOf(cell.tone);
  return (
    <Text
      {...(color === undefined ? {} : { color })}
      {...(bold === undefined ? {} : { bold })}
      {...(inverse === undefined ? {} : { inverse })}
      {...(underline === undefined ? {} : { underline })}
    >
      {textOf(cell, theme)}
    </Text>
  );
}

function textOf(cell: Span, theme: Theme): string {
  const text = theme.ascii ? toAscii(cell.text) : cell.text;
  if (cell.link === undefined || !theme.links) return text;
  return `\x1b]8;;${encodeURI(decodable(cell.link))}\x07${text}\x1b]8;;\x07`;
}

/** Percent signs that are escapes already stay as they are. */
function decodable(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}
