/** Runs in the browser. Text from the server only ever becomes text. */
export const PAGE_SCRIPT = `
"use strict";
const byId = (id) => document.getElementById(id);
let token = "";
let game;
let busy = false;

/** What a reload of this tab needs; the game itself is read from the database again. */
function remember(facts) {
  const known = JSON.parse(sessionStorage.getItem("player") ?? "{}");
  sessionStorage.setItem("player", JSON.stringify({ ...known, ...facts }));
}

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === "" ? {} : { authorization: "Bearer " + token }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const reply = await response.json();
  if (!response.ok) throw new Error(reply.message ?? reply.reason ?? "HTTP " + response.status);
  return reply;
}

async function attempt(work) {
  if (busy) return;
  busy = true;
  byId("problem").hidden = true;
  try {
    await work();
  } catch (error) {
    byId("problem").textContent = error.message;
    byId("problem").hidden = false;
  } finally {
    busy = false;
  }
}

function showGame() {
  const over = game.status !== "ACTIVE";
  const cells = game.board.map((side, index) => {
    const cell = document.createElement("button");
    const row = Math.floor(index / 5);
    const column = index % 5;
    cell.type = "button";
    cell.className = "cell" + (side === null ? "" : " " + side);
    cell.disabled = over || side !== null;
    const owner = side === null ? "free" : side === "you" ? "your ring" : "ring of the house";
    cell.setAttribute("aria-label", "Row " + (row + 1) + ", column " + (column + 1) + ": " + owner);
    cell.addEventListener("click", () => attempt(() => move(row, column)));
    return cell;
  });
  byId("board").replaceChildren(...cells);
  const words = { you: "You win.", house: "The house wins." };
  byId("turn").textContent = over ? (words[game.winner] ?? "A draw.") : "Your move (" + game.moves + " saved so far)";
  byId("turn").className = game.winner === "you" ? "win" : "";
  byId("game-id").textContent = game.id;
  byId("match").textContent = "Match " + game.matchNumber + ", " + game.moves + " moves in the database.";
  byId("play").hidden = byId("record").hidden = false;
  byId("start").textContent = "Start another game";
}

function showPlayer(username) {
  byId("register").hidden = true;
  byId("player").textContent = "Registered as " + username + ".";
  byId("player").hidden = byId("game").hidden = false;
}

/** A tab that was open on another restored database knows a player that this one does not. */
async function recall() {
  const known = JSON.parse(sessionStorage.getItem("player") ?? "{}");
  if (known.game === undefined) return;
  token = known.token;
  try {
    game = await call("GET", "/api/games/" + encodeURIComponent(known.game));
  } catch {
    token = "";
    sessionStorage.removeItem("player");
    return;
  }
  showPlayer(known.username);
  showGame();
}

async function move(row, column) {
  const path = "/api/games/" + encodeURIComponent(game.id);
  await call("POST", path + "/moves", { row, column });
  // Shown as it reads back, not as it was sent.
  game = await call("GET", path);
  showGame();
}

byId("register").addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  attempt(async () => {
    const reply = await call("POST", "/api/register", fields);
    token = reply.token;
    remember({ token, username: reply.user.username });
    showPlayer(reply.user.username);
    byId("start").focus();
  });
});
byId("start").addEventListener("click", () =>
  attempt(async () => {
    game = await call("POST", "/api/games", {});
    remember({ game: game.id });
    showGame();
  }),
);
byId("copy").addEventListener("click", () =>
  attempt(async () => {
    await navigator.clipboard.writeText(game.id);
    byId("copy").textContent = "Copied";
  }),
);
attempt(async () => {
  await recall();
  byId("database").textContent = (await call("GET", "/ready")).checks.database;
  const { players } = await call("GET", "/api/leaderboard");
  byId("leaders").replaceChildren(
    ...players.map(({ username, rating, wins }) => {
      const line = document.createElement("li");
      line.textContent = username + ", rating " + rating + ", " + wins + " wins";
      return line;
    }),
  );
});
`;
