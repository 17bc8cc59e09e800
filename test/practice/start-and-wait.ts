/** A program for the kill tests: starts a practice server, says where, and stays. */
import { startPracticeServer } from "../../source/practice/server.ts";

const started = await startPracticeServer({
  line: () => {},
  signal: new AbortController().signal,
});
console.log(started.ok ? started.value.directory : `failed: ${started.problem.message}`);
setInterval(() => {}, 60_000);
