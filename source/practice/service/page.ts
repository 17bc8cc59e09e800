/** The one page of the practice game: self-contained, and allowed to load nothing else. */
import { createHash } from "node:crypto";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";

const hashOf = (text: string): string =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(PAGE_STYLE)}`,
  `script-src ${hashOf(PAGE_SCRIPT)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>RingRift</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
  <header>
    <h1><span class="mark" aria-hidden="true"></span>RingRift</h1>
    <p>You are playing on database <strong id="database">…</strong>. Every move is written there and read back.</p>
  </header>

  <section id="account" aria-labelledby="account-title">
    <h2 id="account-title"><span>1</span> Register a throwaway player</h2>
    <form id="register">
      <label>User name <input name="username" required minlength="3" maxlength="30" autocomplete="off"></label>
      <label>E-mail <input name="email" type="email" required maxlength="254" autocomplete="off"></label>
      <label>Password <input name="password" type="password" required minlength="8" maxlength="200" autocomplete="new-password"></label>
      <button>Register</button>
    </form>
    <p id="player" class="done" hidden></p>
  </section>

  <section id="game" aria-labelledby="game-title" hidden>
    <h2 id="game-title"><span>2</span> Play a short game</h2>
    <p class="hint">Four rings in a row win. Three moves are enough for the drill.</p>
    <button id="start">Start a game</button>
    <div id="play" hidden>
      <div id="board" role="group" aria-label="Board, five by five"></div>
      <p id="turn" role="status" aria-live="polite"></p>
    </div>
  </section>

  <section id="record" aria-labelledby="record-title" hidden>
    <h2 id="record-title"><span>3</span> Write this down</h2>
    <p class="hint">The drill asks for it:</p>
    <p class="id"><span>Game id</span><code id="game-id"></code><button id="copy" type="button">Copy</button></p>
    <p id="match" class="hint"></p>
  </section>

  <p id="problem" role="alert" hidden></p>
  <footer>
    <h2>Leaderboard <small>read from its view</small></h2>
    <ol id="leaders"></ol>
  </footer>
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
