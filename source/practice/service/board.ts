/** Rules of the practice game: four rings in a row on five by five. Pure. */

export type Side = "you" | "house";
export type Cell = Side | null;

export interface Position {
  readonly row: number;
  readonly column: number;
}

export const BOARD_SIZE = 5;
const ROW_LENGTH = 4;
const DIRECTIONS = [
  { row: 0, column: 1 },
  { row: 1, column: 0 },
  { row: 1, column: 1 },
  { row: 1, column: -1 },
] as const;
const CENTRE = (BOARD_SIZE - 1) / 2;

export type Board = readonly Cell[];

export function boardAfter(moves: readonly Position[]): Board {
  const cells: Cell[] = Array.from({ length: BOARD_SIZE ** 2 }, () => null);
  moves.forEach((move, index) => {
    cells[indexOf(move)] = index % 2 === 0 ? "you" : "house";
  });
  return cells;
}

export function cellAt(board: Board, at: Position): Cell | undefined {
  const inside = [at.row, at.column].every((value) => value >= 0 && value < BOARD_SIZE);
  return inside ? board[indexOf(at)] : undefined;
}

export function winnerOf(board: Board): Side | undefined {
  for (const start of positions()) {
    const side = cellAt(board, start);
    if (side && DIRECTIONS.some((direction) => isRow(board, start, direction))) return side;
  }
  return undefined;
}

/** Wins if it can, stops a win if it must, else the free cell nearest the centre. */
export function houseMove(board: Board): Position | undefined {
  const free = positions().filter((at) => cellAt(board, at) === null);
  const winning = (side: Side): Position | undefined =>
    free.find((at) => winnerOf(withRing(board, at, side)) === side);
  return winning("house") ?? winning("you") ?? free.sort(byDistance)[0];
}

function byDistance(a: Position, b: Position): number {
  const distance = (at: Position): number => (at.row - CENTRE) ** 2 + (at.column - CENTRE) ** 2;
  return distance(a) - distance(b);
}

function withRing(board: Board, at: Position, side: Side): Board {
  return board.map((cell, index) => (index === indexOf(at) ? side : cell));
}

function isRow(board: Board, start: Position, direction: Position): boolean {
  const side = cellAt(board, start);
  return Array.from({ length: ROW_LENGTH }, (_, step) => ({
    row: start.row + direction.row * step,
    column: start.column + direction.column * step,
  })).every((at) => cellAt(board, at) === side);
}

function positions(): Position[] {
  return Array.from({ length: BOARD_SIZE ** 2 }, (_, index) => ({
    row: Math.floor(index / BOARD_SIZE),
    column: index % BOARD_SIZE,
  }));
}

function indexOf(at: Position): number {
  return at.row * BOARD_SIZE + at.column;
}
